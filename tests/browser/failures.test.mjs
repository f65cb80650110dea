/** When things go wrong: each has its own clear words and a way on. */

import assert from 'node:assert/strict';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { test } from 'node:test';
import { drop, join, pick, ready, report, setUp, view } from './harness.mjs';

const { world, filesOf } = setUp();

/** A sample's file that a test may spoil. */
function copyOf(name, as) {
  const path = join(world.folder, as);
  cpSync(filesOf(name)[0], path);
  return path;
}

/** What a reader sees, in one line. */
async function words(page, where = 'main') {
  return (await page.innerText(where)).replace(/\s+/g, ' ');
}

test('a file that was changed after the drop is told from a damaged image, and can be given again', async () => {
  const page = await world.open();
  const path = copyOf('vhd-dynamic-gpt', 'changed.vhd');
  await pick(page, [path]);
  truncateSync(path, 4096);
  utimesSync(path, 1, 1);
  await page.click('[data-action="deep-check"]');
  await page.waitForFunction(() => document.documentElement.dataset.coverage === 'data');
  const { findings } = await report(page);
  const errors = findings.filter(({ severity }) => severity === 'error');
  assert.deepEqual([...new Set(errors.map(({ id }) => id))], ['file.read-failed']);
  const said = await words(page);
  assert.match(said, /Not all of it could be read/);
  assert.match(said, /the file was changed since it was given, or may not be read/);
  assert.match(said, /changed or moved while it was open, give it again/);
  cpSync(filesOf('vhd-dynamic-gpt')[0], path);
  assert.equal((await pick(page, [path])).verdict, 'sound', 'given again it takes the place of the other');
  await page.context().close();
});

test('a file that was removed after the drop: what is known stays, and its bytes say why they are not there', async () => {
  const page = await world.open();
  const path = copyOf('vhd-dynamic-gpt', 'removed.vhd');
  await pick(page, [path]);
  rmSync(path);
  await page.evaluate(() => {
    location.hash = '#view=structures&file=removed.vhd&offset=4300000';
  });
  await page.waitForFunction(() => /removed or renamed/.test(document.querySelector('main').innerText));
  await view(page, 'overview');
  assert.match(await words(page), /256 MiB VHD disk, dynamic/);
  await page.context().close();
});

/** A file that may not be read, not even by root; nothing where there is none. */
function forbiddenFile() {
  if (process.getuid?.() !== 0) {
    const path = copyOf('vhd-dynamic-gpt', 'forbidden.vhd');
    chmodSync(path, 0);
    return path;
  }
  const buses = existsSync('/sys/bus') ? readdirSync('/sys/bus') : [];
  return buses
    .map((bus) => `/sys/bus/${bus}/uevent`)
    .find((path) => existsSync(path) && !(statSync(path).mode & 0o400));
}

test('a file that may not be read says so, and what to do', async (context) => {
  const path = forbiddenFile();
  if (!path) {
    context.skip('there is no such file here');
    return;
  }
  const page = await world.open();
  const { findings } = await pick(page, [path]);
  assert.ok(
    findings.some(({ id }) => id === 'file.read-failed'),
    JSON.stringify(findings),
  );
  const said = await words(page);
  assert.match(said, /may not be read/);
  assert.match(said, /^.*could not be read.*no permission to read it/);
  assert.equal((await pick(page, filesOf('vhd-dynamic-gpt'))).image.format, 'vhd');
  await page.context().close();
});

test('an empty file says so, and that it is to be fetched again', async () => {
  const page = await world.open();
  const path = join(world.folder, 'empty.vmdk');
  writeFileSync(path, '');
  assert.equal((await pick(page, [path])).verdict, 'unrecognised');
  assert.match(await words(page), /The file is empty empty\.vmdk has 0 bytes/);
  assert.match(await words(page), /Fetch or copy the file again/);
  await page.context().close();
});

test('of two images that have nothing to do with one another one is shown, and the other can be chosen', async () => {
  const page = await world.open();
  const shown = await pick(page, [...filesOf('vhd-fixed'), ...filesOf('vmdk-stream')]);
  assert.match(await words(page), /2 images in this set/);
  const other = shown.image.key === 'vhd-fixed.vhd' ? 'vmdk-stream.vmdk' : 'vhd-fixed.vhd';
  await page.click(`[data-image="${other}"]`);
  await page.waitForFunction(async (key) => (await window.diskglass.report()).image?.key === key, other);
  await ready(page);
  await page.context().close();
});

test('a folder of 5,000 files is searched for the image in it', async () => {
  const page = await world.open();
  const folder = join(world.folder, 'many');
  mkdirSync(folder);
  for (let number = 0; number < 5_000; number++) writeFileSync(join(folder, `${number}.txt`), 'no image');
  cpSync(filesOf('vhd-fixed')[0], join(folder, 'disk.vhd'));
  const shown = await drop(page, [folder]);
  assert.equal(shown.image.key, 'many/disk.vhd');
  assert.equal(shown.files.length, 5_001);
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

test('a browser that lacks what is needed is told what that is', async () => {
  const page = await world.open({ lacking: 'Worker' });
  await page.setInputFiles('#open-files', filesOf('vhd-fixed'));
  await page.waitForFunction(() => document.documentElement.dataset.state === 'failed');
  assert.match(await words(page, 'body'), /This browser has no Worker\. Browsers from 2023 on do/);
  await page.context().close();
});
