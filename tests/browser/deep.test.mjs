/** The check of the data: its progress, its end, how it is stopped, and what it finds. */

import assert from 'node:assert/strict';
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { join, pick, ready, report, run, start, view, writeSamples } from './harness.mjs';

let world;
let filesOf;
/** An image with gigabytes of data, all of them a hole of its file. */
let large;

before(async () => {
  world = await start();
  filesOf = writeSamples(world);
  large = join(world.folder, 'large.vmdk');
  writeLargeVmdk(large, 4 * 2 ** 30);
});

after(() => world?.close());

/** A sparse VMDK whose grains are all allocated, one behind the other. */
function writeLargeVmdk(path, diskBytes) {
  const SECTOR = 512;
  const [grain, perTable, directory] = [128, 512, 21];
  const sectors = diskBytes / SECTOR;
  const tables = sectors / (grain * perTable);
  const firstTable = directory + Math.ceil((tables * 4) / SECTOR);
  const perTableSectors = (perTable * 4) / SECTOR;
  const overhead = Math.ceil((firstTable + tables * perTableSectors) / grain) * grain;
  const metadata = Buffer.alloc(overhead * SECTOR);
  metadata.write('KDMV');
  metadata.writeUInt32LE(1, 4);
  metadata.writeUInt32LE(1, 8);
  for (const [at, value] of [
    [12, sectors],
    [20, grain],
    [28, 1],
    [36, directory - 1],
    [56, directory],
    [64, overhead],
  ]) {
    metadata.writeBigUInt64LE(BigInt(value), at);
  }
  metadata.writeUInt32LE(perTable, 44);
  metadata.write('\n \r\n', 73, 'latin1');
  metadata.write(
    [
      '# Disk DescriptorFile',
      'version=1',
      'CID=5eed5eed',
      'parentCID=ffffffff',
      'createType="monolithicSparse"',
      `RW ${sectors} SPARSE "large.vmdk"`,
      'ddb.adapterType = "lsilogic"',
      'ddb.virtualHWVersion = "19"',
      '',
    ].join('\n'),
    SECTOR,
  );
  for (let table = 0; table < tables; table++) {
    const at = firstTable + table * perTableSectors;
    metadata.writeUInt32LE(at, directory * SECTOR + table * 4);
    for (let entry = 0; entry < perTable; entry++) {
      metadata.writeUInt32LE(overhead + (table * perTable + entry) * grain, at * SECTOR + entry * 4);
    }
  }
  const file = openSync(path, 'w');
  writeSync(file, metadata);
  ftruncateSync(file, overhead * SECTOR + diskBytes);
  closeSync(file);
}

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
