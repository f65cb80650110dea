/** From a place of the guest's disk to the bytes of a file and back, as a reader goes. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isTooWide, pick, ready, setUp, view, violations } from './harness.mjs';

const { world, filesOf } = setUp();

const GUEST = 'input[name="guest"]';

/** Where a dynamic VHD keeps a byte of its disk, by its header and its table. */
function inDynamicVhd(bytes, guest) {
  const table = Number(bytes.readBigUInt64BE(512 + 16));
  const blockBytes = bytes.readUInt32BE(512 + 32);
  const block = bytes.readUInt32BE(table + 4 * Math.floor(guest / blockBytes));
  const bitmap = Math.ceil(blockBytes / 512 / 8 / 512) * 512;
  return block === 0xffffffff ? undefined : block * 512 + bitmap + (guest % blockBytes);
}

/** Where a sparse VMDK keeps a byte of its disk, by its header and its tables. */
function inSparseVmdk(bytes, guest) {
  const grainBytes = Number(bytes.readBigUInt64LE(20)) * 512;
  const perTable = bytes.readUInt32LE(44);
  const directory = Number(bytes.readBigUInt64LE(56)) * 512;
  const grain = Math.floor(guest / grainBytes);
  const table = bytes.readUInt32LE(directory + 4 * Math.floor(grain / perTable)) * 512;
  const entry = table === 0 ? 0 : bytes.readUInt32LE(table + 4 * (grain % perTable));
  return entry < 2 ? undefined : entry * 512 + (guest % grainBytes);
}

/** The pieces that are shown: source and, where there is one, offset in the file. */
function pieces(page) {
  return page.$$eval('[data-piece]', (rows) =>
    rows.map((row) => [row.dataset.source, row.querySelector('code')?.textContent]),
  );
}

async function ask(page, place, length) {
  await page.fill(GUEST, place);
  if (length !== undefined) await page.fill('input[name="span"]', length);
  await page.press(GUEST, 'Enter');
}

for (const [name, locate] of [['vmdk-monolithic-sparse', inSparseVmdk]]) {
  test(`a place of the disk is found in the file, and the file's byte on the disk (${name})`, async () => {
    const page = await world.open();
    const [file] = filesOf(name);
    const shown = await pick(page, [file]);
    const bytes = readFileSync(file);
    await view(page, 'translate');
    const sector = shown.partitions.entries[0].first_sector;
    const offset = locate(bytes, sector * 512);
    assert.ok(offset > 0);
    await ask(page, `sector ${sector}`);
    await page.waitForSelector('[data-piece]');
    assert.deepEqual(await pieces(page), [['data', `0x${offset.toString(16)}`]]);
    assert.ok((await page.locator('.step').count()) > 0, 'there are steps');
    // The step's bytes are those of the file.
    const [pairs] = await page.locator('.byte-pairs').last().allTextContents();
    assert.ok(
      pairs.startsWith(
        bytes
          .subarray(offset, offset + 8)
          .toString('hex')
          .replace(/(..)(?=.)/g, '$1 '),
      ),
      pairs,
    );

    await page.click('[data-action="way-back"]');
    await page.waitForSelector('[data-held]');
    const guest = page.locator('[data-held] [data-guest]').first();
    assert.equal(Number(await guest.getAttribute('data-guest')), sector * 512);
    assert.equal(await page.getAttribute('[data-held]', 'data-visible'), 'true');
    assert.match(await page.textContent('[data-held]'), /The guest sees these bytes/);
    await page.click('[data-held] [data-entry]');
    await page.waitForSelector('[data-row][aria-selected="true"]');
    assert.deepEqual(page.errors, []);
    await page.context().close();
  });
}

test('a place that nothing is stored for is zeros', async () => {
  const page = await world.open();
  const [file] = filesOf('vhd-dynamic');
  const shown = await pick(page, [file]);
  const bytes = readFileSync(file);
  const disk = shown.image.virtual_size_bytes;
  const empty = Array.from({ length: 90 }, (_, nth) => nth * 2 ** 21).find(
    (guest) => guest < disk && inDynamicVhd(bytes, guest) === undefined,
  );
  await view(page, 'translate');
  await ask(page, `0x${empty.toString(16)}`);
  await page.waitForSelector('[data-source="zero"]');
  await page.context().close();
});

test('the question stands in the address, and the back button returns to the one before', async () => {
  const page = await world.open({ query: '?sample=vhd-dynamic#view=translate&guest=32256&span=1024' });
  await page.waitForSelector('[data-piece]');
  assert.equal(await page.inputValue(GUEST), '32256');
  assert.equal(await page.inputValue('input[name="span"]'), '1024');
  await page.keyboard.press('/');
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('name')), 'guest');
  await ask(page, '1 MiB', '2 s');
  await page.waitForFunction(() => location.hash.includes('guest=1048576'));
  assert.match(page.url(), /span=1024/);
  await page.goBack();
  await page.waitForFunction(() => document.querySelector('input[name="guest"]').value === '32256');
  assert.match(await page.textContent('.answer'), /sector 63/);
  await page.goForward();
  await page.waitForFunction(() => document.querySelector('.answer h2')?.textContent.includes('1,048,576'));
  await page.reload();
  await page.waitForSelector('[data-piece]');
  assert.match(await page.textContent('.answer h2'), /1,048,576/);
  await page.context().close();
});

test('the way back stands in the address too', async () => {
  const page = await world.open({
    query: '?sample=vhd-dynamic#view=translate&file=vhd-dynamic.vhd&offset=0x200',
  });
  await page.waitForSelector('[data-around="vhd.header"]');
  assert.match(await page.textContent('.answer'), /cookie/);
  await page.click('[data-around="vhd.header"]');
  await page.waitForSelector('[data-field="cookie"][aria-selected="true"]');
  await page.context().close();
});

test('what makes no sense is told in words beside the field', async () => {
  const page = await world.open();
  const shown = await pick(page, filesOf('vhd-dynamic'));
  await view(page, 'translate');
  const complaint = async (place, length = '') => {
    await ask(page, place, length);
    return page.textContent('#wrong-place');
  };
  assert.match(await complaint(''), /Type a number of bytes/);
  assert.match(await complaint('12 parsecs'), /“parsecs” is no unit/);
  assert.match(await complaint('1 TiB'), /past the end of the disk, which has 209,510,400 bytes/);
  assert.match(await complaint('0', '0.3'), /not a whole number/);
  assert.match(await complaint('0', '0'), /one byte at least/);
  assert.equal(await page.locator(`input[aria-invalid]`).count(), 1);
  assert.equal(await page.locator('[data-piece]').count(), 0);
  await ask(page, '-1', '');
  await page.waitForSelector('[data-piece]');
  assert.equal(await page.textContent('#wrong-place'), '');
  assert.match(page.url(), new RegExp(`guest=${shown.image.virtual_size_bytes - 1}`));
  await page.context().close();
});

test('pieces are walked with the arrows, and each has its steps', async () => {
  const page = await world.open();
  await pick(page, filesOf('vhd-dynamic'));
  await view(page, 'translate');
  await ask(page, '0', '64 MiB');
  await page.waitForSelector('[data-piece="1"]');
  await page.focus('[data-piece="0"]');
  await page.keyboard.press('ArrowDown');
  await page.waitForSelector('[data-piece="1"][aria-selected="true"]');
  assert.match(await page.textContent('.steps-head h2'), /piece 2/);
  await page.keyboard.press('Home');
  await page.waitForSelector('[data-piece="0"][aria-selected="true"]');
  await page.context().close();
});

test('partitions, table entries and bytes lead to the translation', async () => {
  const page = await world.open();
  const shown = await pick(page, filesOf('vhd-dynamic'));
  const [first] = shown.partitions.entries;
  await view(page, 'partitions');
  await page.click(`[data-partition="${first.index}"]`);
  await page.click('.partitions [data-action="translate"]');
  await page.waitForFunction((guest) => location.hash.includes(`guest=${guest}`), first.first_sector * 512);
  await page.waitForSelector('[data-piece]');

  await view(page, 'tables');
  await page.click('[data-row="0"]');
  await page.click('.side-pane [data-action="translate"]');
  await page.waitForFunction(() => location.hash.includes('guest=0&'));

  await view(page, 'structures');
  await page.click('[data-structure="vhd.header"]');
  await page.click('.hex-pane [data-action="translate"]');
  await page.waitForSelector('[data-around="vhd.header"]');
  assert.match(page.url(), /view=translate.*offset=512/);
  await page.context().close();
});

test('the byte under the pointer or the cursor is what is asked for', async () => {
  const page = await world.open();
  await pick(page, filesOf('vhd-dynamic'));
  await page.goto(`${page.url().split('#')[0]}#view=structures&file=vhd-dynamic.vhd&offset=0x300000`);
  await ready(page);
  await pick(page, filesOf('vhd-dynamic'));
  const line = page.locator('[data-hex] [data-offset="3145744"] .hex-bytes [data-at]').first();
  const box = await line.boundingBox();
  const text = await line.textContent();
  // The middle of the fourth pair of digits.
  await page.mouse.click(box.x + (box.width * 10) / text.length, box.y + box.height / 2);
  await page.waitForFunction(() => /offset=3145747(&|$)/.test(location.hash));
  assert.equal(await page.locator('[data-hex] [data-selected]').count(), 1);
  await page.focus('[data-hex] dg-rows');
  await page.keyboard.press('ArrowRight');
  await page.waitForFunction(() => /offset=3145748(&|$)/.test(location.hash));
  await page.keyboard.press('ArrowDown');
  await page.waitForFunction(() => /offset=3145764(&|$)/.test(location.hash));
  await page.context().close();
});

for (const colorScheme of ['light', 'dark']) {
  test(`the translation is accessible and fits a telephone (${colorScheme})`, async () => {
    const page = await world.open({ colorScheme, viewport: { width: 390, height: 844 } });
    for (const place of [
      'guest=0&span=67108864',
      'file=vhd-dynamic.vhd&offset=0x8800',
      'guest=999999999999',
    ]) {
      await page.goto(`${world.url}?sample=vhd-dynamic#view=translate&${place}`);
      await page.reload();
      await page.waitForSelector('[data-piece], .answer-head, .wrong-answer');
      assert.equal(await isTooWide(page), false, place);
      assert.deepEqual(await violations(page), [], place);
    }
    await page.context().close();
  });
}
