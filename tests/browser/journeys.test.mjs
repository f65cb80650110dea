/** Whole journeys with the sets that people have: from the drop through chain and translation to the check of the data. */

import assert from 'node:assert/strict';
import { closeSync, cpSync, ftruncateSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { deflateSync } from 'node:zlib';
import {
  basename,
  commandReport,
  drop,
  join,
  ready,
  report,
  run,
  start,
  view,
  writeSamples,
} from './harness.mjs';

let world;
let filesOf;

before(async () => {
  world = await start();
  filesOf = writeSamples(world);
});

after(() => world?.close());

const SECTOR = 512;

/** The pieces of the guest's disk from a sector on: where each comes from, and in which file. */
async function translated(page, sector, sectors = 1) {
  await view(page, 'translate');
  await page.fill('input[name="span"]', `${sectors} s`);
  await page.fill('input[name="guest"]', `sector ${sector}`);
  await page.press('input[name="guest"]', 'Enter');
  await page.waitForFunction((at) => location.hash.includes(`guest=${at}`), sector * SECTOR);
  await page.waitForSelector('[data-piece]');
  return page.$$eval('[data-piece]', (rows) =>
    rows.map((row) => ({ source: row.dataset.source, text: row.textContent.replace(/\s+/g, ' ').trim() })),
  );
}

/** Runs the check of the data to its end. */
async function checkData(page) {
  await view(page, 'overview');
  await page.click('[data-action="deep-check"]');
  await page.waitForFunction(() => document.documentElement.dataset.coverage === 'data');
  return report(page);
}

function deepCommandReport(...paths) {
  return JSON.parse(run('inspect', '--json', '--deep', ...paths).stdout);
}

/** The statuses of the links, as the chain is drawn. */
async function links(page) {
  await view(page, 'chain');
  return page.$$eval('[data-link-status]', (items) => items.map((item) => item.dataset.linkStatus));
}

/** The sector that the child of the sample has itself: the volume's label is in it. */
const CHANGED = 2048;

test('VHD: a parent and a child', async () => {
  const page = await world.open();
  const files = filesOf('vhd-differencing');
  const shown = await drop(page, files);
  assert.equal(shown.verdict, 'sound');
  assert.deepEqual(await links(page), ['matches']);
  const [own] = await translated(page, CHANGED);
  assert.ok(own.source === 'data' && own.text.includes('vhd-differencing.vhd'), own.text);
  const [inherited] = await translated(page, 0);
  assert.ok(
    inherited.source === 'data' && inherited.text.includes('vhd-differencing-parent.vhd'),
    inherited.text,
  );
  assert.deepEqual(await checkData(page), deepCommandReport(...files));
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

test('VHD: a child, and its parent afterwards', async () => {
  const page = await world.open();
  const files = filesOf('vhd-differencing');
  const child = files.find((file) => file.endsWith('differencing.vhd'));
  const parent = files.find((file) => file.endsWith('parent.vhd'));
  await drop(page, [child]);
  assert.deepEqual(await links(page), ['missing']);
  const [before] = await translated(page, 0);
  assert.notEqual(before.source, 'data', 'it is in the parent');
  assert.equal((await translated(page, CHANGED))[0].source, 'data', 'the child has it itself');
  const deep = await checkData(page);
  assert.equal(deep.verdict, 'incomplete');
  await drop(page, [parent]);
  assert.equal((await report(page)).verdict, 'sound');
  assert.deepEqual(await links(page), ['matches']);
  const [afterwards] = await translated(page, 0);
  assert.ok(afterwards.source === 'data' && afterwards.text.includes(basename(parent)), afterwards.text);
  assert.deepEqual(await checkData(page), deepCommandReport(child, parent));
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

/** Writes a VHD whose first `allocated` blocks are there as a hole of the file. */
function writeVhd(path, { id, blocks, allocated, parent }) {
  const BLOCK = 2 << 20;
  const bytes = blocks * BLOCK;
  const seal = (structure, at) => {
    structure.writeUInt32BE(~structure.reduce((sum, byte) => sum + byte, 0) >>> 0, at);
    return structure;
  };
  const footer = Buffer.alloc(512);
  footer.write('conectix');
  footer.writeUInt32BE(2, 8);
  footer.writeUInt32BE(0x10000, 12);
  footer.writeBigUInt64BE(512n, 16);
  footer.writeUInt32BE(600_000_000, 24);
  footer.write('win \0\x0a\0\0Wi2k', 28, 'latin1');
  footer.writeBigUInt64BE(BigInt(bytes), 40);
  footer.writeBigUInt64BE(BigInt(bytes), 48);
  footer.writeUInt16BE(Math.floor(bytes / SECTOR / (16 * 63)), 56);
  footer.writeUInt8(16, 58);
  footer.writeUInt8(63, 59);
  footer.writeUInt32BE(parent ? 4 : 3, 60);
  footer.fill(id, 68, 84);
  seal(footer, 64);
  const header = Buffer.alloc(1024);
  header.write('cxsparse');
  header.fill(0xff, 8, 16);
  header.writeBigUInt64BE(1536n, 16);
  header.writeUInt32BE(0x10000, 24);
  header.writeUInt32BE(blocks, 28);
  header.writeUInt32BE(BLOCK, 32);
  if (parent) {
    header.fill(parent.id, 40, 56);
    header.write(parent.name, 64, 'utf16le');
    header.subarray(64, 576).swap16();
  }
  seal(header, 36);
  const table = Buffer.alloc(Math.ceil((blocks * 4) / SECTOR) * SECTOR, 0xff);
  const first = (1536 + table.length) / SECTOR;
  const stride = 1 + BLOCK / SECTOR;
  for (let block = 0; block < allocated; block++) table.writeUInt32BE(first + block * stride, block * 4);
  const end = (first + allocated * stride) * SECTOR;
  const file = openSync(path, 'w');
  writeSync(file, Buffer.concat([footer, header, table]));
  ftruncateSync(file, end);
  writeSync(file, footer, 0, footer.length, end);
  closeSync(file);
}

test('VHD: the check of a large parent and its child shows how far it is, and stops', async () => {
  const parent = join(world.folder, 'large-parent.vhd');
  const child = join(world.folder, 'large-child.vhd');
  writeVhd(parent, { id: 7, blocks: 2048, allocated: 2048 });
  writeVhd(child, { id: 8, blocks: 2048, allocated: 1, parent: { id: 7, name: basename(parent) } });
  const page = await world.open();
  const shown = await drop(page, [parent, child]);
  assert.equal(shown.image.key, basename(child));
  assert.deepEqual(await links(page), ['matches']);
  await view(page, 'overview');
  await page.click('[data-action="deep-check"]');
  await page.waitForFunction(() => Number(document.documentElement.dataset.progress) > 0);
  assert.match(await page.textContent('.deep-progress'), /of 4(\.\d+)? GiB/);
  await page.click('[data-action="cancel"]');
  await ready(page);
  assert.equal((await report(page)).coverage, 'tables');
  assert.match(await page.textContent('.status'), /not checked to the end/);
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

test('VMDK: a descriptor and its extents', async () => {
  const page = await world.open();
  const files = filesOf('vmdk-two-gb-sparse');
  const shown = await drop(page, files);
  assert.equal(shown.verdict, 'sound');
  assert.equal(shown.image.extents.length, files.length - 1);
  await view(page, 'chain');
  assert.equal(await page.locator('[data-part-status="found"]').count(), files.length - 1);
  const [first] = await translated(page, 0);
  assert.ok(first.source === 'data' && first.text.includes('-s001.vmdk'), first.text);
  assert.deepEqual(await checkData(page), deepCommandReport(...files));
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

test('VMDK: the folder of a virtual machine with its snapshots', async () => {
  const page = await world.open();
  const folder = join(world.folder, 'Windows Server');
  mkdirSync(folder);
  for (const file of filesOf('vmdk-snapshots')) cpSync(file, join(folder, basename(file)));
  writeFileSync(
    join(folder, 'Windows Server.vmx'),
    '.encoding = "UTF-8"\nscsi0:0.fileName = "disk-000002.vmdk"\n',
  );
  writeFileSync(join(folder, 'Windows Server.vmsd'), '.encoding = "UTF-8"\nsnapshot.numSnapshots = "2"\n');
  writeFileSync(join(folder, 'Windows Server.nvram'), Buffer.alloc(8684, 0xff));
  writeFileSync(join(folder, 'vmware.log'), '2024-05-17T09:30:00Z| vmx| Log for VMware Workstation\n');
  const shown = await drop(page, [folder]);
  assert.equal(shown.verdict, 'sound', JSON.stringify(shown.findings));
  assert.deepEqual(shown, commandReport(folder));
  const joints = await links(page);
  assert.ok(joints.length >= 2 && joints.every((status) => status === 'matches'), joints.join());
  assert.deepEqual(
    await page.$$eval('[data-chain-image]', (items) => items.map((item) => item.dataset.chainImage)),
    shown.chain.map(({ key }) => key),
  );
  const base = shown.chain.at(-1).key;
  const [first] = await translated(page, 0);
  assert.equal(first.source, 'data');
  assert.ok(first.text.includes(basename(base)), first.text);
  assert.deepEqual(await checkData(page), deepCommandReport(folder));
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

/** Writes the first half of a stream with 64 grains that do not compress: its tables would be behind them. */
function writeHalfStream(path) {
  const GRAIN = 128;
  const sectors = 64 * GRAIN;
  const head = Buffer.alloc(GRAIN * SECTOR);
  head.write('KDMV');
  head.writeUInt32LE(3, 4);
  head.writeUInt32LE(0x30001, 8);
  for (const [at, value] of [
    [12, BigInt(sectors)],
    [20, BigInt(GRAIN)],
    [28, 1n],
    [36, 20n],
    [56, 0xffffffffffffffffn],
    [64, BigInt(GRAIN)],
  ]) {
    head.writeBigUInt64LE(value, at);
  }
  head.writeUInt32LE(512, 44);
  head.write('\n \r\n', 73, 'latin1');
  head.writeUInt16LE(1, 77);
  head.write(
    [
      '# Disk DescriptorFile',
      'version=1',
      'CID=7c1e4a90',
      'parentCID=ffffffff',
      'createType="streamOptimized"',
      `RDONLY ${sectors} SPARSE "half.vmdk"`,
      'ddb.adapterType = "lsilogic"',
      'ddb.virtualHWVersion = "19"',
      '',
    ].join('\n'),
    SECTOR,
  );
  const parts = [head];
  let state = 1;
  for (let grain = 0; grain < 32; grain++) {
    const noise = Buffer.alloc(GRAIN * SECTOR);
    for (let at = 0; at < noise.length; at++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      noise[at] = state >>> 24;
    }
    const data = deflateSync(noise);
    const marker = Buffer.alloc(12);
    marker.writeBigUInt64LE(BigInt(grain * GRAIN), 0);
    marker.writeUInt32LE(data.length, 8);
    parts.push(marker, data, Buffer.alloc((SECTOR - ((12 + data.length) % SECTOR)) % SECTOR));
  }
  const file = Buffer.concat(parts);
  writeFileSync(path, file.subarray(0, file.length - 40 * SECTOR));
}

test('VMDK: the first half of a stream', async () => {
  const page = await world.open();
  const half = join(world.folder, 'half.vmdk');
  writeHalfStream(half);
  const shown = await drop(page, [half]);
  assert.equal(shown.verdict, 'damaged');
  assert.ok(shown.findings.some(({ id }) => id === 'vmdk.stream.footer-missing'));
  const deep = await checkData(page);
  const present = deep.findings.find(({ id }) => id === 'vmdk.stream.present');
  assert.match(
    present.detail,
    /^31 grains are whole; they reach to sector 3968 of 8192 of the disk \(48 %\); the file ends inside the grain/,
  );
  await view(page, 'findings');
  assert.ok((await page.textContent('main')).includes('31 grains are whole'), 'the page says so');
  assert.deepEqual(deep, deepCommandReport(half));
  assert.deepEqual(page.errors, []);
  await page.context().close();
});
