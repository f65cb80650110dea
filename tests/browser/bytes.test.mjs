/** The view of bytes: any place of a file, a search, what bytes can mean, and copies of them. */

import assert from 'node:assert/strict';
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { test } from 'node:test';
import { isTooWide, join, pick, setUp, view, violations } from './harness.mjs';

const { world, filesOf } = setUp();

/** Opens files and shows their bytes. */
async function bytesOf(files, options) {
  const page = await world.open(options);
  const shown = await pick(page, files);
  await view(page, 'hex');
  await page.waitForSelector('[data-hex] [data-offset="0"]');
  return { page, shown };
}

async function goTo(page, place, what = 'file') {
  await page.selectOption('select[aria-label="What the place counts in"]', what);
  await page.fill('input[name="place"]', place);
  await page.press('input[name="place"]', 'Enter');
}

async function search(page, kind, text) {
  await page.selectOption('select[name="kind"]', kind);
  await page.fill('input[name="needle"]', text);
  await page.press('input[name="needle"]', 'Enter');
}

function notice(page, pattern) {
  return page.waitForFunction(
    (source) => new RegExp(source).test(document.querySelector('.byte-notice').textContent),
    pattern.source,
  );
}

/** Waits until so many bytes from that one on are marked. */
function marked(page, offset, length) {
  return page.waitForFunction(
    ([offset, length]) => {
      const bytes = [...document.querySelectorAll('[data-hex] .hex-bytes [data-selected]')];
      const run = bytes[0]?.closest('[data-at]');
      return bytes.length === length && Number(run?.dataset.at) === offset;
    },
    [offset, length],
  );
}

function meaning(page, name) {
  return page.$$eval(`[data-meaning="${name}"] td`, (cells) => cells.map((cell) => cell.textContent.trim()));
}

/** A file of 2 TiB, empty but for a word at its end. */
function largeFile() {
  const path = join(world.folder, 'large.img');
  const handle = openSync(path, 'w');
  ftruncateSync(handle, 2 ** 41);
  writeSync(handle, 'the very end', 2 ** 41 - 12);
  closeSync(handle);
  return path;
}

test('any place of a file of 2 TiB, to its last byte', async () => {
  const { page } = await bytesOf([largeFile()]);
  await goTo(page, '-12');
  await marked(page, 2 ** 41 - 12, 1);
  const text = await page.textContent(`[data-hex] [data-offset="${2 ** 41 - 16}"] .hex-text`);
  assert.match(text, /the very end$/);
  assert.deepEqual(await meaning(page, 'u16'), ['26,740', '29,800']);
  await goTo(page, '0x1ffffffffff');
  await marked(page, 2 ** 41 - 1, 1);
  // Two bytes are not there.
  assert.deepEqual(await meaning(page, 'u16'), ['–', '–']);
  await goTo(page, '2 TiB');
  await notice(page, /past the end/);
  // What is not there is not found: the search can be stopped.
  await goTo(page, '63 s');
  await marked(page, 63 * 512, 1);
  await search(page, 'utf-8', 'nowhere');
  await page.click('[data-action="stop-search"]');
  await notice(page, /stopped/);
  // From the end on, a search goes on from the start; backwards it is there at once.
  await page.fill('input[name="needle"]', 'the very');
  await page.press('input[name="needle"]', 'Shift+Enter');
  await marked(page, 2 ** 41 - 12, 8);
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

test('bytes and text are searched for in both directions', async () => {
  const [file] = filesOf('vhd-dynamic');
  const { page } = await bytesOf([file]);
  const bytes = readFileSync(file);
  const [first, second] = [bytes.indexOf('conectix', 1), bytes.indexOf('NTFS')];
  await search(page, 'utf-8', 'conectix');
  await marked(page, first, 8);
  await search(page, 'hex', '4e 54 46 53');
  await notice(page, /on from the start|Found/);
  await marked(page, second, 4);
  await search(page, 'utf-8', 'conectix');
  await marked(page, first, 8);
  await page.press('input[name="needle"]', 'Shift+Enter');
  await marked(page, 0, 8);
  await search(page, 'utf-16le', 'no such text anywhere');
  await notice(page, /has no such bytes/);
  await search(page, 'hex', '4e 5');
  await notice(page, /pairs of hexadecimal digits/);
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

test('bytes are decoded in both orders, and every structure has its colours', async () => {
  const [file] = filesOf('vhd-dynamic');
  const { page, shown } = await bytesOf([file]);
  const footer = shown.structures.find(({ key }) => key === 'vhd.footer@copy' || key === 'vhd.footer@start');
  const size = footer.fields.find(({ name }) => name === 'current_size');
  await goTo(page, String(footer.offset + size.offset));
  await marked(page, footer.offset + size.offset, 1);
  // A click selects the whole field, with its meaning and its value in the order of its bytes.
  await page.locator('[data-hex] .hex-bytes [data-hex-field="current_size"]').first().click();
  await marked(page, footer.offset + size.offset, 8);
  assert.match(await page.textContent('.inspector-pane'), new RegExp(size.meaning.slice(0, 20)));
  const [little, big] = await meaning(page, 'u64');
  assert.equal(big.replaceAll(',', ''), size.value);
  assert.equal(
    BigInt(little.replaceAll(',', '')),
    readFileSync(file).readBigUInt64LE(footer.offset + size.offset),
  );
  // Fields of the header are coloured although the footer is selected.
  await page.waitForSelector('[data-hex] [data-hex-field="cookie"]');
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

test('a place of the disk leads to its bytes in the file', async () => {
  const { page } = await bytesOf(filesOf('vmdk-monolithic-sparse'));
  await goTo(page, '0', 'disk');
  await page.waitForFunction(
    () => location.hash.includes('offset=65536') && location.hash.includes('guest=0'),
  );
  await marked(page, 65536, 1);
  await goTo(page, '20 MiB', 'disk');
  await notice(page, /lies in no file: it is zero/);
  await page.context().close();
});

test('a range is selected by hand and by keyboard, and copied', async () => {
  const [file] = filesOf('vhd-dynamic');
  const { page } = await bytesOf([file], { permissions: ['clipboard-read', 'clipboard-write'] });
  // Bytes of no structure are selected one by one.
  const at = 2048 * 3;
  await goTo(page, String(at));
  await page.waitForSelector(`[data-hex] [data-offset="${at}"]`);
  await page.focus('[data-hex] dg-rows');
  await page.keyboard.press('Shift+ArrowDown');
  for (let press = 0; press < 3; press++) await page.keyboard.press('Shift+ArrowRight');
  await marked(page, at, 20);
  await page.keyboard.press('Shift+ArrowLeft');
  await marked(page, at, 19);
  const wanted = readFileSync(file).subarray(at, at + 19);
  const copied = async (kind) => {
    await page.click(`[data-copy="${kind}"]`);
    await notice(page, new RegExp(`Copied 19 bytes as ${kind === 'c' ? 'c array' : kind}`));
    return page.evaluate(() => navigator.clipboard.readText());
  };
  assert.equal(await copied('hex'), wanted.toString('hex').match(/../g).join(' '));
  assert.equal(await copied('text'), wanted.toString());
  assert.match(await copied('c'), /^const unsigned char bytes\[19\] = \{\n {4}0x[\da-f]{2},/);
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

for (const colorScheme of ['light', 'dark']) {
  test(`the view of bytes is accessible and fits a telephone (${colorScheme})`, async () => {
    const { page } = await bytesOf(filesOf('vhd-differencing'), { colorScheme });
    await search(page, 'hex', 'ff');
    await notice(page, /Found/);
    assert.deepEqual(await violations(page), []);
    await page.setViewportSize({ width: 390, height: 844 });
    assert.equal(await isTooWide(page), false);
    assert.deepEqual(await violations(page), []);
    await page.context().close();
  });
}
