/** The real page in a real browser with real files. */

import assert from 'node:assert/strict';
import {
  cpSync,
  ftruncateSync,
  openSync,
  closeSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { test } from 'node:test';
import {
  basename,
  commandReport,
  drop,
  golden,
  isTooWide,
  join,
  pick,
  ready,
  report,
  setUp,
  view,
  violations,
} from './harness.mjs';

const { world, filesOf } = setUp();

test('a dropped file gives the report that the command gives', async () => {
  const page = await world.open();
  assert.equal(await page.evaluate(() => document.documentElement.dataset.state), 'idle');
  const [file] = filesOf('vhd-dynamic');
  const shown = await drop(page, [file]);
  assert.equal(shown.verdict, 'sound');
  assert.equal(shown.coverage, 'tables');
  assert.deepEqual(shown, commandReport(file));
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

test('several dropped files are one set', async () => {
  const page = await world.open();
  const files = filesOf('vmdk-two-gb-sparse');
  const shown = await drop(page, files);
  assert.equal(shown.image.variant, 'twoGbMaxExtentSparse');
  assert.ok(shown.image.extents.every((extent) => extent.status === 'found'));
  assert.deepEqual(shown, commandReport(...files));
  await page.context().close();
});

test('a dropped folder is a set, and its name is part of the names', async () => {
  const page = await world.open();
  const folder = join(world.folder, 'vm');
  mkdirSync(join(folder, 'disks'), { recursive: true });
  for (const file of filesOf('vmdk-monolithic-flat')) cpSync(file, join(folder, 'disks', basename(file)));
  const shown = await drop(page, [folder]);
  assert.ok(
    shown.files.every((file) => file.name.startsWith('vm/disks/')),
    JSON.stringify(shown.files),
  );
  assert.equal(shown.image.variant, 'monolithicFlat');
  assert.equal(shown.verdict, 'sound');
  assert.deepEqual(shown, commandReport(folder));
  await page.context().close();
});

test('the picker takes files, and more files are added to the open set', async () => {
  const page = await world.open();
  const files = filesOf('vmdk-monolithic-flat');
  const descriptor = files.find((file) => !file.endsWith('-flat-flat.vmdk'));
  const extent = files.find((file) => file.endsWith('-flat-flat.vmdk'));
  const alone = await pick(page, [descriptor]);
  assert.equal(alone.verdict, 'incomplete');
  assert.equal(alone.image.extents[0].status, 'missing');
  const whole = await drop(page, [extent]);
  assert.equal(whole.verdict, 'sound');
  assert.equal(whole.files.length, 2);
  assert.deepEqual(whole, commandReport(...files));
  await page.context().close();
});

test('the folder picker takes a folder', async () => {
  const page = await world.open();
  const folder = join(world.folder, 'samples', 'vmdk-two-gb-flat');
  await page.setInputFiles('#open-folder', folder);
  await ready(page);
  assert.deepEqual(await report(page), commandReport(folder));
  await page.context().close();
});

test('the samples of the gallery open and give their golden report', async () => {
  const page = await world.open();
  await view(page, 'samples');
  await page.waitForSelector('[data-sample]');
  const shown = await page.$$eval('[data-sample]', (cards) => cards.map((card) => card.dataset.sample));
  // Only the main samples have a golden report; the module's test makes sure that all of them do.
  const names = readdirSync(golden).map((file) => file.replace(/\.json$/, ''));
  assert.deepEqual(
    names.filter((name) => !shown.includes(name)),
    [],
  );
  for (const name of names) {
    await page.goto(`${world.url}?sample=${name}`);
    await page.waitForFunction(() => typeof window.diskglass?.report === 'function');
    await page.waitForFunction(() => document.documentElement.dataset.state !== 'idle');
    await ready(page);
    const expected = JSON.parse(readFileSync(join(golden, `${name}.json`), 'utf8'));
    assert.deepEqual(await report(page), expected, name);
  }
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

test('a disk of 2 TiB opens without being read', async () => {
  const page = await world.open();
  const file = join(world.folder, 'two-tebibytes.img');
  cpSync(filesOf('raw-mbr')[0], file);
  const handle = openSync(file, 'r+');
  ftruncateSync(handle, 2 ** 41);
  closeSync(handle);
  const shown = await drop(page, [file]);
  assert.equal(shown.image.format, 'raw');
  assert.equal(shown.image.virtual_size_bytes, 2 ** 41);
  assert.ok(shown.partitions.entries.length > 0);
  assert.deepEqual(shown, commandReport(file));
  await page.context().close();
});

test('a million rows can be walked from end to end', async () => {
  const page = await world.open();
  const shown = await pick(page, filesOf('vhd-dynamic-2040g'));
  const bat = shown.tables.find((table) => table.key === 'vhd.bat');
  assert.ok(bat.rows > 1_000_000);
  await view(page, 'tables');
  await page.waitForSelector('[data-row="0"]');
  const drawn = await page.locator('[data-row]').count();
  assert.ok(drawn < 200, `${drawn} rows are drawn at once`);
  await page.locator('[data-row="0"]').click();
  await page.keyboard.press('End');
  await page.waitForSelector(`[data-row="${bat.rows - 1}"]`);
  await page.keyboard.press('Home');
  await page.waitForSelector('[data-row="0"]');
  await page.context().close();
});

for (const [what, name, content, finding] of [
  [
    'a file that is no image',
    'noise.vhd',
    Buffer.from(Array.from({ length: 5000 }, (_, n) => (n * 37) % 256)),
    'file.unrecognised',
  ],
  ['an empty file', 'empty.vmdk', Buffer.alloc(0), 'file.empty'],
  ['a text file', 'notes.txt', Buffer.from('Dear diary,\nnothing to report.\n'), 'file.unrecognised'],
]) {
  test(`${what} gets clear words`, async () => {
    const page = await world.open();
    const file = join(world.folder, name);
    writeFileSync(file, content);
    const shown = await drop(page, [file]);
    assert.equal(shown.verdict, 'unrecognised');
    assert.equal(shown.image, null);
    assert.deepEqual(
      shown.findings.map((known) => known.id),
      [finding],
    );
    assert.deepEqual(shown, commandReport(file));
    await page.waitForSelector('[data-verdict="unrecognised"]');
    await page.waitForSelector(`[data-finding="${finding}"]`);
    assert.deepEqual(page.errors, []);
    await page.context().close();
  });
}

test('structures, fields and bytes are linked both ways', async () => {
  const page = await world.open();
  await pick(page, filesOf('vhd-dynamic'));
  await view(page, 'structures');
  await page.click('[data-structure="vhd.footer@end"]');
  const field = page.locator('[data-field="cookie"]').first();
  await field.waitFor();
  assert.match(await field.textContent(), /conectix/);
  const rows = page.locator('[data-hex] [data-offset]');
  await page.waitForFunction(() =>
    /63\s*6f\s*6e\s*65/.test(document.querySelector('[data-hex]')?.textContent ?? ''),
  );
  assert.ok((await rows.count()) > 10);
  await page.locator('[data-field="current_size"]').first().click();
  const marked = await page.locator('[data-hex] [data-selected]').count();
  assert.equal(marked, 8, 'the eight bytes of the field are marked');
  await page.context().close();
});

test('a finding leads to its bytes', async () => {
  const page = await world.open();
  const shown = await pick(page, filesOf('vhd-header-checksum'));
  const finding = shown.findings.find((known) => known.id === 'vhd.header.checksum');
  await view(page, 'findings');
  const card = page.locator(`[data-finding="${finding.id}"]`).first();
  await card.locator('[data-place]').first().click();
  await page.waitForSelector('[data-hex]');
  const [place] = finding.places;
  const line = Math.floor(place.offset / 16) * 16;
  await page.waitForSelector(`[data-hex] [data-offset="${line}"]`);
  assert.equal(await page.locator('[data-hex] [data-selected]').count(), place.length);
  await page.context().close();
});

test('the report downloads as the JSON that the command prints', async () => {
  const page = await world.open();
  const [file] = filesOf('vmdk-monolithic-sparse');
  await pick(page, [file]);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.click('[data-action="export-json"]'),
  ]);
  assert.match(download.suggestedFilename(), /\.json$/);
  const saved = JSON.parse(readFileSync(await download.path(), 'utf8'));
  assert.deepEqual(saved, commandReport(file));
  await page.context().close();
});

test('nothing leaves the page: neither it nor its worker can connect', async () => {
  const page = await world.open();
  await pick(page, filesOf('vhd-dynamic'));
  const asked = world.asked.length;
  const attempt = async (target) => {
    try {
      await fetch(target);
      return 'connected';
    } catch (error) {
      return `refused: ${error.name}`;
    }
  };
  const target = `${world.origin}/secret?of=the-image`;
  const [worker] = page.workers();
  assert.ok(worker, 'there is a worker');
  assert.match(worker.url(), /^blob:/, 'the worker starts from a Blob, so the policy of the page binds it');
  assert.match(await worker.evaluate(attempt, target), /^refused/);
  assert.match(await page.evaluate(attempt, target), /^refused/);
  assert.equal(
    await worker.evaluate((url) => {
      const request = new XMLHttpRequest();
      request.open('GET', url, false);
      try {
        request.send();
        return 'connected';
      } catch {
        return 'refused';
      }
    }, target),
    'refused',
  );
  const secrets = world.asked.slice(asked).filter((path) => path.includes('secret'));
  assert.deepEqual(secrets, [], 'the server has heard nothing of it');
  assert.match(await page.textContent('body'), /leaves? this computer/i);
  await page.context().close();
});

test('a worker that dies costs its job and not the page', async () => {
  const page = await world.open();
  const [file] = filesOf('vhd-dynamic');
  await pick(page, [file]);
  const [worker] = page.workers();
  await worker.evaluate(() => {
    // What a panic looks like from outside.
    self.postMessage({ kind: 'died', message: 'RuntimeError: unreachable' });
    self.close();
  });
  await page.waitForSelector('[data-action="retry"]');
  assert.equal(await page.evaluate(() => document.documentElement.dataset.state), 'failed');
  await page.click('[data-action="retry"]');
  await page.waitForFunction(() => document.documentElement.dataset.state === 'ready');
  assert.deepEqual(await report(page), commandReport(file));
  await page.context().close();
});

test('reading tables shows progress and can be cancelled', async () => {
  const page = await world.open();
  // A table of 2^28 entries, most of them a hole of the file: a gigabyte that takes a while.
  const file = join(world.folder, 'long.vhd');
  const bytes = readFileSync(filesOf('vhd-dynamic-2040g')[0]).subarray(0, 1536);
  bytes.writeUInt32BE(2 ** 28, 512 + 28);
  bytes.writeUInt32BE(8192, 512 + 32);
  writeFileSync(file, bytes);
  const handle = openSync(file, 'r+');
  ftruncateSync(handle, 1536 + 2 ** 30);
  closeSync(handle);
  await page.setInputFiles('#open-files', [file]);
  await page.waitForFunction(() => Number(document.documentElement.dataset.progress) > 0);
  assert.equal(await page.evaluate(() => document.documentElement.dataset.state), 'reading');
  assert.ok(await page.isVisible('[data-verdict]'), 'the overview is there while the tables are read');
  await page.click('[data-action="cancel"]');
  await ready(page);
  const shown = await report(page);
  assert.equal(shown.coverage, 'headers', 'the report says that not everything was read');
  await page.context().close();
});

test('views answer to the keyboard, and the address remembers the place', async () => {
  const page = await world.open();
  await pick(page, filesOf('vhd-dynamic'));
  await page.keyboard.press('2');
  await page.waitForFunction(() => location.hash.includes('view=structures'));
  const hash = await page.evaluate(() => location.hash);
  assert.match(hash, /^#view=structures/);
  await page.keyboard.press('1');
  await page.waitForFunction(() => location.hash.includes('view=overview') || location.hash === '');
  await page.context().close();
});

for (const colorScheme of ['light', 'dark']) {
  test(`no view has an accessibility violation that axe finds (${colorScheme})`, async () => {
    const page = await world.open({ colorScheme });
    const check = async (where) => assert.deepEqual(await violations(page), [], where);
    await check('start');
    await pick(page, filesOf('vhd-bat-past-end'));
    const names = await page.$$eval('[data-view]', (tabs) => tabs.map((tab) => tab.dataset.view));
    assert.ok(names.length >= 11, names.join());
    for (const name of names) {
      await view(page, name);
      await check(name);
    }
    // The page at 200 %, and on a telephone.
    for (const [width, height] of [
      [720, 450],
      [390, 844],
    ]) {
      await page.setViewportSize({ width, height });
      for (const name of names) {
        await view(page, name);
        assert.equal(await isTooWide(page), false, `${name} at ${width} pixels`);
      }
    }
    await page.context().close();
  });
}
