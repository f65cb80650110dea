/** Whole journeys with the sets that people have: from the drop through chain and translation to the check of the data. */

import assert from 'node:assert/strict';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { basename, commandReport, drop, join, ready, report, run, setUp, view } from './harness.mjs';
import { SECTOR, writeHalfStream, writeSparseVmdk, writeVhd, writeVmdkDescriptor } from './images.mjs';

const { world, filesOf } = setUp();

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

/** Starts the check of the data of gigabytes, sees it go on, and stops it. */
async function checkStops(page, gibibytes) {
  await view(page, 'overview');
  await page.click('[data-action="deep-check"]');
  await page.waitForFunction(() => Number(document.documentElement.dataset.progress) > 0);
  assert.match(await page.textContent('.deep-progress'), new RegExp(`of ${gibibytes}(\\.\\d+)? GiB`));
  await page.click('[data-action="cancel"]');
  await ready(page);
  assert.equal((await report(page)).coverage, 'tables');
  assert.match(await page.textContent('.status'), /not checked to the end/);
}

test('VHD: the check of a large parent and its child shows how far it is, and stops', async () => {
  const parent = join(world.folder, 'large-parent.vhd');
  const child = join(world.folder, 'large-child.vhd');
  writeVhd(parent, { id: 7, blocks: 2048, allocated: 2048 });
  writeVhd(child, { id: 8, blocks: 2048, allocated: 1, parent: { id: 7, name: basename(parent) } });
  for (const drops of [[[parent, child]], [[child], [parent]]]) {
    const page = await world.open();
    for (const files of drops) await drop(page, files);
    assert.equal((await report(page)).image.key, basename(child));
    assert.deepEqual(await links(page), ['matches']);
    await checkStops(page, 4);
    assert.deepEqual(page.errors, []);
    await page.context().close();
  }
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

test('VMDK: the check of large extents shows how far it is, and stops', async () => {
  const names = ['large-s001.vmdk', 'large-s002.vmdk', 'large-s003.vmdk'];
  const sectors = 3 * 2 ** 20;
  for (const name of names) writeSparseVmdk(join(world.folder, name), { sectors, isExtent: true });
  const descriptor = join(world.folder, 'large-split.vmdk');
  writeVmdkDescriptor(
    descriptor,
    names.map((name) => ({ name, sectors })),
  );
  const page = await world.open();
  const shown = await drop(page, [descriptor, ...names.map((name) => join(world.folder, name))]);
  assert.equal(shown.verdict, 'sound', JSON.stringify(shown.findings));
  await view(page, 'chain');
  assert.equal(await page.locator('[data-part-status="found"]').count(), 3);
  const [across] = await translated(page, sectors);
  assert.ok(across.source === 'data' && across.text.includes(names[1]), across.text);
  await checkStops(page, 4);
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

/** Writes what lies beside the disks in the folder of a virtual machine. */
function writeMachine(folder, disk) {
  const name = basename(folder);
  const write = (file, content) => {
    writeFileSync(join(folder, file), content);
  };
  write(`${name}.vmx`, `.encoding = "UTF-8"\nscsi0:0.fileName = "${disk}"\n`);
  write(`${name}.vmsd`, '.encoding = "UTF-8"\nsnapshot.numSnapshots = "2"\n');
  write(`${name}.nvram`, Buffer.alloc(8684, 0xff));
  write('vmware.log', '2024-05-17T09:30:00Z| vmx| Log for VMware Workstation\n');
}

test('VMDK: the check of a large machine and its snapshot shows how far it is, and stops', async () => {
  const folder = join(world.folder, 'Build Server');
  mkdirSync(folder);
  const sectors = 2 ** 23;
  const base = { cid: '0badcafe', name: 'disk.vmdk' };
  writeSparseVmdk(join(folder, base.name), { sectors, cid: base.cid });
  writeSparseVmdk(join(folder, 'disk-000001.vmdk'), { sectors, allocated: 3, cid: 'feedf00d', parent: base });
  writeMachine(folder, 'disk-000001.vmdk');
  const page = await world.open();
  const shown = await drop(page, [folder]);
  assert.equal(shown.verdict, 'sound', JSON.stringify(shown.findings));
  assert.deepEqual(await links(page), ['matches']);
  const [own] = await translated(page, 0);
  assert.ok(own.text.includes('disk-000001.vmdk'), own.text);
  const [inherited] = await translated(page, 3 * 128);
  assert.ok(inherited.source === 'data' && inherited.text.includes('disk.vmdk'), inherited.text);
  await checkStops(page, 4);
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

test('VMDK: the folder of a virtual machine with its snapshots', async () => {
  const page = await world.open();
  const folder = join(world.folder, 'Windows Server');
  mkdirSync(folder);
  for (const file of filesOf('vmdk-snapshots')) cpSync(file, join(folder, basename(file)));
  writeMachine(folder, 'disk-000002.vmdk');
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
  await view(page, 'overview');
  assert.match(await page.textContent('main'), /48 %/, 'and the first view, how much there is');
  assert.deepEqual(deep, deepCommandReport(half));
  assert.deepEqual(page.errors, []);
  await page.context().close();
});
