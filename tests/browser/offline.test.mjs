/** After the first visit the page opens without a server, and goes over to a newer version when the reader says so. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { scripted } from './drivers.mjs';
import { commandReport, dist, serve, writeSamples } from './harness.mjs';

const folder = mkdtempSync(join(tmpdir(), 'diskglass-offline-'));
const filesOf = writeSamples({ folder });
after(() => rmSync(folder, { recursive: true, force: true }));

const hash = (text) => `sha256-${createHash('sha256').update(text).digest('base64')}`;

/** Makes another version of a built page. */
function change(site, word) {
  const [page, worker] = ['index.html', 'sw.js'].map((name) => join(site, name));
  const before = readFileSync(page, 'utf8');
  const changed = before.replace('<body>', `<body data-version="${word}">`);
  writeFileSync(page, changed);
  const script = readFileSync(worker, 'utf8');
  assert.ok(script.includes(hash(before)), 'the service worker knows the page by its hash');
  writeFileSync(worker, script.replaceAll(hash(before), hash(changed)).replace(/[\da-f]{16}/, word));
}

for (const [name, start] of Object.entries(scripted())) {
  test(`once it was visited the page opens without a server (${name})`, async () => {
    const site = join(folder, name);
    cpSync(dist, site, { recursive: true });
    let server = await serve({ folder: site });
    const { url, port } = server;
    const browser = await start({ hasServiceWorkers: true });
    try {
      const page = await browser.newPage();
      await page.open(url);
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
      const kept = await page.evaluate(async () => {
        const [copy] = await caches.keys();
        return (await (await caches.open(copy)).keys()).map((request) => request.url);
      });
      assert.ok(kept.includes(url) && kept.length > 8, kept.join());
      assert.ok(!kept.some((address) => address.endsWith('diskglass.html')));
      await server.close();

      await page.open(`${url}?sample=vhd-dynamic`);
      await page.waitFor(() => document.documentElement.dataset.state === 'ready');
      const files = filesOf('vmdk-two-gb-sparse');
      assert.deepEqual(await page.pick(files), commandReport(...files));
      await page.click('[data-action="language"]');
      await page.waitFor(() => document.documentElement.lang === 'ja');
      await page.click('[data-action="language"]');

      server = await serve({ folder: site, port });
      const refused = await page.evaluate(() =>
        import(`./secret.js?${Date.now()}`).then(
          () => false,
          () => true,
        ),
      );
      assert.ok(refused);
      assert.deepEqual(server.asked, [], 'what is none of the files of the page is asked of nobody');

      change(site, 'newer');
      await page.open(url);
      const version = () => document.body.dataset.version;
      assert.equal(await page.evaluate(() => document.body.dataset.version ?? 'old'), 'old');
      await page.click('[data-action="take-update"]');
      await page.waitFor(() => document.body?.dataset.version === 'newer');
      assert.equal(await page.evaluate(version), 'newer');
      assert.equal(await page.evaluate(async () => (await caches.keys()).length), 1, 'the old copy is gone');
      await page.close();
    } finally {
      await browser.close();
      await server.close();
    }
  });
}
