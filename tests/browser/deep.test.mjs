/** The check of the data: its progress, its end, how it is stopped, and what it finds. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { join, pick, ready, report, run, setUp, view } from './harness.mjs';
import { writeSparseVmdk } from './images.mjs';

/** An image with gigabytes of data, all of them a hole of its file. */
let large;

const { world, filesOf } = setUp(({ folder }) => {
  large = join(folder, 'large.vmdk');
  writeSparseVmdk(large, { sectors: 2 ** 23 });
});

/** What the page tells of its state. */
function told(page) {
  return page.evaluate(() => ({ ...document.documentElement.dataset }));
}

/** Waits until the check of the data has begun to move. */
async function moving(page) {
  await page.waitForFunction(() => Number(document.documentElement.dataset.progress) > 0);
}

test('the check runs, answers questions meanwhile, and stops when asked to', async () => {
  const page = await world.open();
  const shown = await pick(page, [large]);
  assert.equal(shown.verdict, 'sound', JSON.stringify(shown.findings));
  assert.equal(shown.coverage, 'tables');
  assert.match(await page.textContent('.deep-check'), /up to 4 GiB.*nothing leaves it/s);
  await page.click('[data-action="deep-check"]');
  await moving(page);
  assert.equal((await told(page)).state, 'reading');
  assert.equal((await told(page)).coverage, 'tables', 'what is known stays');
  await page.waitForFunction(() =>
    /\/s · .* left/.test(document.querySelector('.deep-progress').textContent),
  );
  assert.match(await page.textContent('.deep-progress'), /of 4 GiB/);
  // Rows and bytes come between the slices of the work.
  await view(page, 'tables');
  await page.click('[data-row="3"]');
  await page.waitForFunction(() =>
    /[\da-f]{2} [\da-f]{2}/.test(document.querySelector('.side-pane dg-hex').textContent),
  );
  assert.equal((await told(page)).state, 'reading');
  const before = Number((await told(page)).progress);
  assert.ok(before < 100);
  await page.click('[data-action="cancel"]');
  await ready(page);
  const stopped = await report(page);
  assert.equal(stopped.coverage, 'tables');
  assert.match(await page.textContent('.status'), /not checked to the end/);
  assert.ok(await page.isVisible('[data-action="deep-check"]'), 'it can be started again');
  await page.click('[data-action="deep-check"]');
  await moving(page);
  await page.click('[data-action="cancel"]');
  await ready(page);
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

test('a worker that dies during the check costs the check and nothing else', async () => {
  const page = await world.open();
  await pick(page, [large]);
  await page.click('[data-action="deep-check"]');
  await moving(page);
  const [worker] = page.workers();
  await worker.evaluate(() => {
    self.postMessage({ kind: 'died', message: 'RuntimeError: unreachable' });
    self.close();
  });
  await page.waitForSelector('.notice');
  assert.match(await page.textContent('.notice'), /check of the data stopped unexpectedly.*unreachable/);
  await ready(page);
  const shown = await report(page);
  assert.equal((await told(page)).state, 'ready');
  assert.equal(shown.coverage, 'tables');
  assert.equal(shown.verdict, 'sound');
  await view(page, 'tables');
  await page.waitForSelector('[data-row="0"] .dot');
  await page.click('[data-action="deep-check"]');
  await moving(page);
  await page.click('[data-action="cancel"]');
  await ready(page);
  await page.context().close();
});

test('other files take the place of those that are being checked', async () => {
  const page = await world.open({ query: '?sample=vhd-dynamic' });
  await ready(page);
  await pick(page, [large]);
  await page.click('[data-action="deep-check"]');
  await moving(page);
  await page.click('[data-action="close"]');
  await page.waitForFunction(() => document.documentElement.dataset.state === 'idle');
  const shown = await pick(page, filesOf('vhd-fixed'));
  assert.equal(shown.image.key, 'vhd-fixed.vhd');
  assert.equal(shown.coverage, 'tables');
  await page.context().close();
});

test('a healthy image is as healthy after the check, as the command says too', async () => {
  const page = await world.open();
  for (const name of ['vhd-dynamic', 'vmdk-stream', 'raw-mbr']) {
    const [file] = filesOf(name);
    await pick(page, [file]);
    await page.click('[data-action="deep-check"]');
    await page.waitForFunction(() => document.documentElement.dataset.coverage === 'data');
    const shown = await report(page);
    assert.equal(shown.verdict, 'sound', name);
    assert.deepEqual(shown, JSON.parse(run('inspect', '--json', '--deep', file).stdout), name);
    assert.equal(
      await page.locator('[data-action="deep-check"]').count(),
      0,
      'there is nothing left to check',
    );
    await page.click('[data-action="close"]');
  }
  await page.context().close();
});
