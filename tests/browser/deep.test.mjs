/** The check of the data: who does it, its progress, its end, how it is stopped, and what it finds. */

import assert from 'node:assert/strict';
import { cpSync, truncateSync, utimesSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { join, pick, ready, report, run, setUp, view } from './harness.mjs';
import { writeSparseVmdk, writeStream, writeVhd } from './images.mjs';

/** An image with gigabytes of data, all of them a hole of its file. */
let large;
/** A stream that is worth helpers, with faults in both its halves. */
let stream;

const { world, filesOf } = setUp(({ folder }) => {
  large = join(folder, 'large.vmdk');
  writeSparseVmdk(large, { sectors: 2 ** 25 });
  stream = join(folder, 'stream.vmdk');
  writeStream(stream, {
    grains: 1200,
    spoil(grain, stored) {
      if (grain === 300) stored[0] ^= 1;
      if ([100, 1100, 1101].includes(grain)) stored[40_000] ^= 1;
      if (grain === 900) stored[stored.length - 1] = 7;
    },
  });
});

/** Processors of a machine, and the helpers that it gets. */
const COUNTS = [
  [1, 1],
  [2, 2],
  [4, 3],
  [16, 4],
];

/** What the page tells of its state. */
function told(page) {
  return page.evaluate(() => ({ ...document.documentElement.dataset }));
}

/** Waits until the check of the data has begun to move. */
async function moving(page) {
  await page.waitForFunction(() => Number(document.documentElement.dataset.progress) > 0);
}

/** Every worker that the page starts from now on. */
function startedBy(page) {
  const started = [];
  page.on('worker', (worker) => started.push(worker));
  return started;
}

/** The workers that do a share of the check, once there are so many. */
async function helpers(page, count) {
  const isHelper = (worker) => worker.evaluate(() => self.name.startsWith('diskglass helper'));
  for (;;) {
    const workers = page.workers();
    const flags = await Promise.all(workers.map((worker) => isHelper(worker).catch(() => false)));
    const found = workers.filter((_, nth) => flags[nth]);
    if (found.length === count) return found;
    await pause(20);
  }
}

/** Waits until the reader is the only worker that is left. */
async function readerAlone(page) {
  while (page.workers().length > 1) await pause(20);
  assert.equal(await page.workers()[0]?.evaluate(() => self.name), 'diskglass reader');
}

for (const [processors, count] of COUNTS) {
  test(`with ${count} helpers out of ${processors} processors the check finds what the command finds`, async () => {
    const page = await world.open({ processors });
    await pick(page, [stream]);
    const started = startedBy(page);
    await page.click('[data-action="deep-check"]');
    await page.waitForFunction(() => document.documentElement.dataset.coverage === 'data');
    assert.equal(started.length, count);
    const shown = await report(page);
    assert.equal(JSON.stringify(shown, null, 2) + '\n', run('inspect', '--json', '--deep', stream).stdout);
    const found = new Map(shown.findings.map(({ id, count, places }) => [id, { count, places }]));
    const damaged = found.get('vmdk.stream.checksum');
    assert.equal(damaged.count, 3);
    assert.equal(damaged.places.length, 3);
    assert.ok(found.has('vmdk.stream.grain-place') && found.has('vmdk.stream.trailing'));
    await readerAlone(page);
    assert.deepEqual(page.errors, []);
    await page.context().close();
  });
}

test('the check runs, answers questions meanwhile, and stops when asked to', async () => {
  const page = await world.open({ processors: 3 });
  const shown = await pick(page, [large]);
  assert.equal(shown.verdict, 'sound', JSON.stringify(shown.findings));
  assert.equal(shown.coverage, 'tables');
  assert.match(await page.textContent('.deep-check'), /up to 16 GiB.*nothing leaves it/s);
  await page.click('[data-action="deep-check"]');
  await moving(page);
  assert.equal((await told(page)).state, 'reading');
  assert.equal((await told(page)).coverage, 'tables', 'what is known stays');
  await page.waitForFunction(() =>
    /\/s · .* left/.test(document.querySelector('.deep-progress').textContent),
  );
  assert.match(await page.textContent('.deep-progress'), /of 16 GiB/);
  await helpers(page, 2);
  // The reader has time for rows, bytes and the way of a byte.
  await view(page, 'tables');
  await page.click('[data-row="3"]');
  await page.waitForFunction(() =>
    /[\da-f]{2} [\da-f]{2}/.test(document.querySelector('.side-pane dg-hex').textContent),
  );
  assert.equal((await told(page)).state, 'reading');
  await page.evaluate(() => {
    location.hash = '#view=translate&guest=1048576&span=512';
  });
  await page.waitForSelector('dg-translate [data-piece]');
  assert.equal((await told(page)).state, 'reading');
  const before = Number((await told(page)).progress);
  assert.ok(before < 100);
  await page.click('[data-action="cancel"]');
  await ready(page);
  await readerAlone(page);
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

test('a helper that crashes during the check costs the check and nothing else', async () => {
  const page = await world.open({ processors: 3 });
  await pick(page, [large]);
  await page.click('[data-action="deep-check"]');
  const [, second] = await helpers(page, 2);
  await moving(page);
  await second.evaluate(() => {
    setTimeout(() => {
      throw new Error('out of luck');
    });
  });
  await page.waitForSelector('.notice');
  assert.match(await page.textContent('.notice'), /check of the data stopped unexpectedly.*out of luck/);
  await ready(page);
  assert.equal((await told(page)).state, 'ready');
  assert.equal((await report(page)).coverage, 'tables');
  await readerAlone(page);
  await page.click('[data-action="deep-check"]');
  await helpers(page, 2);
  await page.click('[data-action="cancel"]');
  await ready(page);
  await readerAlone(page);
  await page.context().close();
});

test('a file that changes is one finding, be it before the helpers open it or while they read it', async () => {
  const page = await world.open({ processors: 3 });
  for (const isReading of [false, true]) {
    const path = join(world.folder, isReading ? 'changed.vhd' : 'changed.vmdk');
    if (isReading) writeVhd(path, { id: 1, blocks: 8192, allocated: 8192 });
    else cpSync(stream, path);
    await pick(page, [path]);
    if (isReading) {
      await page.click('[data-action="deep-check"]');
      await helpers(page, 2);
      await moving(page);
    }
    truncateSync(path, 4096);
    utimesSync(path, 1, 1);
    if (!isReading) await page.click('[data-action="deep-check"]');
    await page.waitForFunction(() => document.documentElement.dataset.coverage === 'data');
    const { findings } = await report(page);
    const unread = findings.filter(({ id }) => id === 'file.read-failed');
    assert.equal(unread.length, 1, JSON.stringify(findings));
    assert.match(unread[0].detail, /the file was changed since it was given/);
    await readerAlone(page);
    await page.click('[data-action="close"]');
  }
  assert.deepEqual(page.errors, []);
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
  await readerAlone(page);
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
