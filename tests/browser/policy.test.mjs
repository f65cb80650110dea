/** That nothing leaves the page: neither the page nor its worker can connect, in either of its forms. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, before, test } from 'node:test';
import { scripted } from './drivers.mjs';
import { dist, serve } from './harness.mjs';

/** Tries every way out, in a page or in a worker; what came of each. */
async function attempts({ url, own }) {
  const outcomes = {};
  const attempt = async (name, act) => {
    const late = new Promise((_, reject) => setTimeout(reject, 4_000));
    // In a task of its own: what automation itself evaluates may evaluate more.
    const tried = new Promise((done, failed) =>
      setTimeout(() => {
        try {
          done(act());
        } catch (error) {
          failed(error);
        }
      }),
    );
    outcomes[name] = await Promise.race([tried, late]).then(
      () => 'possible',
      () => 'refused',
    );
  };
  const opened = (thing) =>
    new Promise((resolve, reject) => {
      thing.onopen = thing.onload = thing.onmessage = resolve;
      thing.onerror = reject;
    });
  const send = (target) => {
    const request = new XMLHttpRequest();
    request.open('GET', target);
    const answered = opened(request);
    request.send();
    return answered;
  };
  await Promise.all([
    attempt('fetch', () => fetch(url, { mode: 'no-cors' })),
    attempt('fetch from the own server', () => fetch(own)),
    attempt('XMLHttpRequest', () => send(url)),
    attempt('XMLHttpRequest to the own server', () => send(own)),
    attempt('WebSocket', () => opened(new WebSocket(url.replace('http', 'ws')))),
    attempt('EventSource', () => opened(new EventSource(url))),
    attempt('import', () => import(url)),
    attempt('a worker of data', () => opened(new Worker('data:text/javascript,postMessage(0)'))),
    attempt('a worker of the own server', () => opened(new Worker(own))),
    attempt('eval', () => (0, eval)('0')),
  ]);
  navigator.sendBeacon?.(url, 'secret');
  if (globalThis.importScripts) {
    await attempt('importScripts', () => globalThis.importScripts(url));
    await attempt('importScripts from the own server', () => globalThis.importScripts(own));
  } else {
    const image = new Image();
    image.src = url;
    await attempt('an image', () => opened(image));
    await attempt('innerHTML', () => (document.createElement('p').innerHTML = '<b>bold</b>'));
    await attempt('a service worker', () => navigator.serviceWorker.register(own));
  }
  return outcomes;
}

/** Runs before the page's own scripts: lets the worker be asked to try it too. */
function listenIn(tries) {
  const probe = `self.addEventListener('message', async (event) => {
    if (!event.data.probe) return;
    event.stopImmediatePropagation();
    self.postMessage({ kind: 'probed', outcomes: await (${tries})(event.data.probe) });
  });\n`;
  window.Blob = new Proxy(Blob, {
    construct: (Plain, [parts, options]) =>
      new Plain(options?.type === 'text/javascript' ? [probe, ...parts] : parts, options),
  });
  window.Worker = new Proxy(Worker, {
    construct: (Plain, args) => (window.lastWorker = new Plain(...args)),
  });
}

function attemptsInWorker(probe) {
  return new Promise((resolve) => {
    window.lastWorker.addEventListener('message', ({ data }) => {
      if (data.kind === 'probed') resolve(data.outcomes);
    });
    window.lastWorker.postMessage({ probe });
  });
}

const prepare = `(${String(listenIn)})(${JSON.stringify(String(attempts))})`;
const files = readdirSync(dist, { recursive: true }).map((path) => path.replaceAll('\\', '/'));

for (const [name, start] of Object.entries(scripted())) {
  let browser, server, outside;
  before(async () => {
    [browser, server, outside] = await Promise.all([start({ hasServiceWorkers: true }), serve(), serve()]);
  });
  after(() => Promise.all([browser?.close(), server?.close(), outside?.close()]));

  for (const form of ['folder', 'single file', 'single file on a server']) {
    test(`nothing leaves the page (${name}, ${form})`, async () => {
      const page = await browser.newPage({ prepare });
      const address = {
        folder: () => server.url,
        'single file': () => pathToFileURL(join(dist, 'diskglass.html')).href,
        'single file on a server': () => `${server.url}diskglass.html`,
      }[form]();
      const asked = server.asked.length;
      await page.open(`${address}?sample=vhd-dynamic`);
      await page.waitFor(() => document.documentElement.dataset.state === 'ready');
      assert.equal((await page.report()).verdict, 'sound');
      await page.click('[data-action="language"]');
      await page.waitFor(() => document.documentElement.lang === 'ja');
      const probe = { url: `${outside.url}secret.js`, own: `${server.url}secret.js` };
      const outcomes = {
        page: await page.evaluate(attempts, probe),
        worker: await page.evaluate(attemptsInWorker, probe),
      };
      for (const [where, found] of Object.entries(outcomes)) {
        assert.ok(Object.keys(found).length >= 12, where);
        for (const [way, outcome] of Object.entries(found))
          assert.equal(outcome, 'refused', `${way}, ${where}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.deepEqual(outside.asked, [], 'no other server has heard anything');
      const wanted = server.asked.slice(asked).map((path) => path.replace('/some/where/', ''));
      assert.deepEqual(
        wanted.filter((path) => path !== '' && !files.includes(path)),
        [],
        'its own server was asked for its own files only',
      );
      if (form !== 'folder')
        assert.ok(
          wanted.every((path) => path === 'diskglass.html'),
          wanted.join(),
        );
      await page.close();
    });
  }
}

test('the policies say what they are to say', () => {
  const policy = (file) =>
    Object.fromEntries(
      /Content-Security-Policy"\s+content="([^"]*)"/
        .exec(readFileSync(join(dist, file), 'utf8'))[1]
        .split('; ')
        .map((directive) => [directive.split(' ')[0], directive.split(' ').slice(1)]),
    );
  const common = {
    'default-src': ["'none'"],
    'connect-src': ["'none'"],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
    // What is printed; a document from a Blob is bound by the same policy.
    'frame-src': ['blob:'],
    'require-trusted-types-for': ["'script'"],
    'trusted-types': ['diskglass', 'lit-html'],
  };
  assert.deepEqual(policy('index.html'), {
    ...common,
    'script-src': ["'self'", "'wasm-unsafe-eval'"],
    'style-src': ["'self'"],
    'img-src': ["'self'", 'data:', 'blob:'],
    'worker-src': ['blob:', "'self'"],
    'manifest-src': ["'self'"],
  });
  const single = policy('diskglass.html');
  for (const kind of ['script-src', 'style-src']) {
    assert.match(single[kind].shift(), /^'sha256-[\w+/]{43}='$/);
  }
  assert.deepEqual(single, {
    ...common,
    'script-src': ["'wasm-unsafe-eval'"],
    'style-src': [],
    'img-src': ['data:', 'blob:'],
    'worker-src': ['blob:'],
  });
});
