/**
 * The browsers that the page is for, each driven by its own automation, behind one small set of moves. A test that is
 * written in these moves runs in all of them.
 */

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const PATIENCE_MS = 60_000;
const firefoxPath = process.env.DISKGLASS_FIREFOX ?? '/usr/bin/firefox-esr';
const MINIBROWSER = [
  '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser',
  '/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser',
];

/** Calls `look` until it says something that is true. */
async function until(look, what) {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What every page can, once it can be gone to, asked, clicked and given files. */
function page(own) {
  // A page that is just being left has no answer.
  const asked = (look, args) =>
    own.evaluate(look, ...args).catch((error) => {
      if (!/context|navigat/i.test(error.message)) throw error;
    });
  const waitFor = (look, ...args) => until(() => asked(look, args), String(look));
  return {
    ...own,
    waitFor,
    /** Goes to an address of the page and waits until the page works. */
    async open(url) {
      await own.goto(url);
      await waitFor(() => typeof window.diskglass?.report === 'function');
    },
    async click(selector) {
      await waitFor((wanted) => document.querySelector(wanted) !== null, selector);
      await own.click(selector);
    },
    /** Switches to a view. */
    view(name) {
      return this.click(`[data-view="${name}"]`);
    },
    /** Waits until nothing is read any more; the report. */
    async report() {
      await waitFor(() => ['ready', 'failed'].includes(document.documentElement.dataset.state));
      return own.evaluate(() => window.diskglass.report());
    },
    /** Gives files through the picker; their report. */
    async pick(paths) {
      // The report of what was open before must not be mistaken for it.
      await own.evaluate(() => (document.documentElement.dataset.state = 'waiting'));
      await own.giveFiles('#open-files', paths);
      return this.report();
    },
    /** What a reader sees, in one line. */
    words(selector = 'main') {
      return own.evaluate(
        (where) => document.querySelector(where)?.innerText.replace(/\s+/g, ' ') ?? '',
        selector,
      );
    },
  };
}

/** Chromium, by Playwright. */
async function startChromium({ hasServiceWorkers = false } = {}) {
  const browser = await chromium.launch({
    executablePath: process.env.DISKGLASS_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  });
  return {
    async newPage({ prepare } = {}) {
      const context = await browser.newContext({
        viewport: { width: 1440, height: 900 },
        serviceWorkers: hasServiceWorkers ? 'allow' : 'block',
      });
      if (prepare) await context.addInitScript(prepare);
      const tab = await context.newPage();
      return page({
        goto: (url) => tab.goto(url),
        evaluate: (call, ...args) => tab.evaluate(`(${String(call)})(...${JSON.stringify(args)})`),
        click: (selector) => tab.click(selector),
        press: (key) => tab.keyboard.press(key),
        giveFiles: (selector, paths) => tab.setInputFiles(selector, paths),
        close: () => context.close(),
      });
    },
    close: () => browser.close(),
  };
}

/** Firefox, by WebDriver BiDi. */
async function startFirefox() {
  const { launch } = await import('puppeteer-core');
  const browser = await launch({
    browser: 'firefox',
    executablePath: firefoxPath,
    headless: true,
    extraPrefsFirefox: {
      // Automation relaxes this; readers have it.
      'security.fileuri.strict_origin_policy': true,
      'intl.accept_languages': 'en',
    },
  });
  return {
    async newPage({ prepare } = {}) {
      const context = await browser.createBrowserContext();
      const tab = await context.newPage();
      if (prepare) await tab.evaluateOnNewDocument(prepare);
      await tab.setViewport({ width: 1440, height: 900 });
      return page({
        goto: (url) => tab.goto(url),
        evaluate: (call, ...args) => tab.evaluate(call, ...args),
        click: (selector) => tab.click(selector),
        press: (key) => tab.keyboard.press(key),
        async giveFiles(selector, paths) {
          const input = await tab.$(selector);
          await input.uploadFile(...paths);
        },
        close: () => context.close(),
      });
    },
    close: () => browser.close(),
  };
}

/** WebKitGTK, by WebDriver. It has one page at a time. */
async function startWebKit() {
  const { Builder, By, Capabilities, Key } = await import('selenium-webdriver');
  const { spawn } = await import('node:child_process');
  const { createServer } = await import('node:net');
  const port = await new Promise((resolve) => {
    const free = createServer().listen(0, '127.0.0.1', () => {
      const { port } = free.address();
      free.close(() => resolve(port));
    });
  });
  const home = mkdtempSync(join(tmpdir(), 'diskglass-webkit-'));
  const display = spawn(
    'xvfb-run',
    ['-a', '-s', '-screen 0 1600x1000x24', 'WebKitWebDriver', `--port=${port}`],
    {
      env: { ...process.env, HOME: home, XDG_DATA_HOME: home, XDG_CACHE_HOME: home },
      stdio: 'ignore',
      detached: true,
    },
  );
  const server = `http://127.0.0.1:${port}`;
  await until(
    () =>
      fetch(`${server}/status`).then(
        () => true,
        () => false,
      ),
    'WebKitWebDriver',
  );
  const binary = MINIBROWSER.find((path) => existsSync(path));
  return {
    /** From a page that was opened as a file. */
    readsByMemory: true,
    cannotDrop: true,
    async newPage() {
      const capabilities = new Capabilities({
        browserName: 'MiniBrowser',
        'webkitgtk:browserOptions': { binary, args: ['--automation'] },
      });
      const driver = await new Builder().usingServer(server).withCapabilities(capabilities).build();
      await driver.manage().setTimeouts({ script: PATIENCE_MS });
      await driver.manage().window().setRect({ x: 0, y: 0, width: 1440, height: 900 });
      return page({
        goto: (url) => driver.get(url),
        async evaluate(call, ...args) {
          const { value, error } = await driver.executeAsyncScript(
            `const [call, args, done] = arguments;
             Promise.resolve((${String(call)})(...args))
               .then((value) => done({ value }), (error) => done({ error: String(error) }));`,
            null,
            args,
          );
          if (error) throw new Error(error);
          return value;
        },
        click: (selector) => driver.findElement(By.css(selector)).click(),
        press: (key) => driver.actions().sendKeys(Key[key.toUpperCase()]).perform(),
        async giveFiles(selector, paths) {
          await driver.findElement(By.css(selector)).sendKeys(paths.join('\n'));
        },
        close: () => driver.quit(),
      });
    },
    async close() {
      process.kill(-display.pid);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

export const browsers = { chromium: startChromium, firefox: startFirefox, webkit: startWebKit };

/** Those whose automation can run something before the page's own scripts, as far as they are installed. */
export function scripted() {
  return { chromium: startChromium, ...(existsSync(firefoxPath) ? { firefox: startFirefox } : {}) };
}
