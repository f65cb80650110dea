/**
 * What the browser tests share: a static server for the built page under a sub-path, a real Chromium, real drops,
 * files on disk, and the command to compare with.
 */

import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before } from 'node:test';
import { chromium } from 'playwright-core';

const here = dirname(fileURLToPath(import.meta.url));
export const dist = process.env.DISKGLASS_DIST ?? join(here, '../../dist');
const command = process.env.DISKGLASS_CLI ?? join(here, '../../target/debug/diskglass');
const browserPath = process.env.DISKGLASS_CHROMIUM ?? '/usr/bin/chromium';

export const golden = join(here, '../golden');
/** The page must work under any sub-path. */
const BASE = '/some/where/';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.png': 'image/png',
};

/** Serves the built page, or another folder, below a path; remembers every path that was asked for. */
export async function serve({ base = BASE, folder = dist, port = 0 } = {}) {
  const asked = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
    asked.push(path);
    const relative = normalize(path.startsWith(base) ? path.slice(base.length) : '').replace(/^[/\\.]+$/, '');
    const file = join(folder, relative === '' ? 'index.html' : relative);
    if (
      !path.startsWith(base) ||
      !file.startsWith(folder + sep) ||
      !existsSync(file) ||
      !statSync(file).isFile()
    ) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
    });
    response.end(readFileSync(file));
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  const taken = server.address().port;
  const origin = `http://127.0.0.1:${taken}`;
  return {
    url: origin + base,
    origin,
    port: taken,
    asked,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A server, a browser and a folder for files; `close` takes all of them away. */
export async function start() {
  const server = await serve();
  const browser = await chromium.launch({
    executablePath: browserPath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  const folder = mkdtempSync(join(tmpdir(), 'diskglass-browser-'));
  return {
    url: server.url,
    origin: server.origin,
    asked: server.asked,
    folder,
    /** Opens the page in a fresh context; any error on the console fails the test that asks for `errors`. */
    async open({ query = '', lacking, processors, ...context } = {}) {
      const fresh = await browser.newContext({
        viewport: { width: 1440, height: 900 },
        acceptDownloads: true,
        // Its copy of the page is a matter of its own tests.
        serviceWorkers: 'block',
        ...context,
      });
      const page = await fresh.newPage();
      // A browser without that feature.
      if (lacking) await page.addInitScript((name) => delete globalThis[name], lacking);
      // One that says so of its machine.
      if (processors) {
        await page.addInitScript((value) => {
          Object.defineProperty(navigator, 'hardwareConcurrency', { value });
        }, processors);
      }
      page.errors = [];
      page.on('pageerror', (error) => page.errors.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error') page.errors.push(message.text());
      });
      await page.goto(server.url + query);
      await page.waitForFunction(() => typeof window.diskglass?.report === 'function');
      return page;
    },
    async close() {
      await browser.close();
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * What a test file begins with: the world of `start`, there before its first test and taken away after its last, and
 * the paths of a sample's files. `prepare` adds to the world before the first test.
 */
export function setUp(prepare) {
  const world = {};
  let paths;
  before(async () => {
    Object.assign(world, await start());
    paths = writeSamples(world);
    prepare?.(world);
  });
  after(() => world.close?.());
  return { world, filesOf: (name) => paths(name) };
}

/** Waits until what was given is inspected, tables and all. */
export async function ready(page) {
  await page.waitForFunction(
    () => ['ready', 'failed'].includes(document.documentElement.dataset.state),
    null,
    {
      timeout: 60_000,
    },
  );
}

/** The page's report. */
export function report(page) {
  return page.evaluate(() => window.diskglass.report());
}

/** Gives files through the picker and waits for the report. */
export async function pick(page, paths) {
  await page.setInputFiles('#open-files', paths);
  await ready(page);
  return report(page);
}

/** Drops files or folders on the page the way a person does: real drag events with real files. */
export async function drop(page, paths) {
  const client = await page.context().newCDPSession(page);
  const data = { items: [], files: paths, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop']) {
    await client.send('Input.dispatchDragEvent', {
      type,
      x: 400,
      y: 300,
      data,
    });
  }
  await client.detach();
  await page.waitForFunction(() => document.documentElement.dataset.state !== 'idle');
  await ready(page);
  return report(page);
}

/** Runs the command; its exit status and what it printed. */
export function run(...args) {
  try {
    return {
      status: 0,
      stdout: execFileSync(command, args, {
        encoding: 'utf8',
        maxBuffer: 1 << 28,
        stdio: 'pipe',
      }),
    };
  } catch (error) {
    return { status: error.status, stdout: error.stdout, stderr: error.stderr };
  }
}

/** The command's report of the same files. */
export function commandReport(...paths) {
  return JSON.parse(run('inspect', '--json', ...paths).stdout);
}

/** Writes every sample into the world's folder; the paths of one sample's files. */
export function writeSamples({ folder }) {
  const samples = join(folder, 'samples');
  if (run('samples', samples).status !== 0) throw new Error('the samples could not be written');
  return (name) =>
    readdirSync(join(samples, name), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

/** What axe finds wrong with the page as it is. */
export async function violations(page) {
  await page.evaluate(readFileSync(join(here, 'node_modules/axe-core/axe.min.js'), 'utf8'));
  const { violations } = await page.evaluate(() => window.axe.run());
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
}

/** Whether something is cut off or stands out at the right: the page as a whole never scrolls sideways. */
export function isTooWide(page) {
  return page.evaluate(() => {
    const main = document.querySelector('main');
    return main.scrollWidth > main.clientWidth || document.body.scrollWidth > innerWidth;
  });
}

/** Switches to a view. */
export async function view(page, name) {
  await page.click(`[data-view="${name}"]`);
}

export { basename, join };
