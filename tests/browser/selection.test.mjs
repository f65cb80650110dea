/** One selection runs through all views, and the browser's back and forward walk the selections. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pick, setUp, view } from './harness.mjs';

const { world, filesOf } = setUp();

function address(page) {
  return page.evaluate(() => Object.fromEntries(new URLSearchParams(location.hash.slice(1))));
}

function addressHas(page, ...parts) {
  return page.waitForFunction(
    (parts) => parts.every((part) => `${location.hash}&`.replace('#', '&').includes(`&${part}&`)),
    parts,
  );
}

/** Waits until the first marked byte of the shown bytes is that one. */
function marked(page, offset) {
  return page.waitForFunction(
    (offset) =>
      Number(document.querySelector('[data-hex] [data-selected]')?.closest('[data-at]')?.dataset.at) ===
      offset,
    offset,
  );
}

/** The bytes of the disk that the map has selected, in words. */
async function mapCursor(page) {
  await view(page, 'map');
  return (await page.textContent('#map-cursor')).replace(/\s+/g, ' ');
}

test('a finding is selected in the findings, structures, bytes, tables and on the map', async () => {
  const page = await world.open();
  const shown = await pick(page, filesOf('vhd-bat-past-end'));
  const finding = shown.findings.find(({ severity }) => severity === 'error');
  const [place] = finding.places;
  await view(page, 'overview');
  await page.click(`[data-finding="${finding.id}"] .finding-title`);
  await addressHas(page, 'view=findings', `finding=${finding.id}`, `offset=${place.offset}`);
  await view(page, 'hex');
  await marked(page, place.offset);
  await view(page, 'structures');
  await page.waitForSelector('[data-structure="vhd.bat"][aria-selected="true"]');
  await marked(page, place.offset);
  await page.waitForFunction(() => /[#&]row=20(&|$)/.test(location.hash));
  await view(page, 'tables');
  await page.waitForSelector('.table-row[aria-selected="true"][data-row="20"]');
  assert.match(await mapCursor(page), /Bytes 10,485,760 to/);
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

test('a row is selected in the bytes, on the map and in the translation', async () => {
  const page = await world.open();
  await pick(page, filesOf('vmdk-monolithic-sparse'));
  await view(page, 'tables');
  await page.click('[data-table="vmdk.grain-tables"]');
  await page.fill('input[name="row"]', '16');
  await page.press('input[name="row"]', 'Enter');
  await addressHas(page, 'row=16', `guest=${16 * 65536}`, 'span=65536');
  const { offset } = await address(page);
  await view(page, 'hex');
  await marked(page, Number(offset));
  assert.match(await mapCursor(page), /64 KiB of the disk Bytes 1,048,576 to 1,114,111/);
  await view(page, 'translate');
  await page.waitForSelector('[data-piece]');
  assert.equal(await page.inputValue('input[name="guest"]'), '1048576');
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

test('bytes of data are selected on the map and in the tables; a partition in the bytes', async () => {
  const page = await world.open();
  const shown = await pick(page, filesOf('vhd-dynamic'));
  await view(page, 'hex');
  const block = shown.structures.find(({ key }) => key === 'vhd.bat').offset + 4096;
  await page.fill('input[name="place"]', String(block));
  await page.press('input[name="place"]', 'Enter');
  await page.waitForFunction(() => /[#&]guest=\d/.test(location.hash) && /[#&]row=\d/.test(location.hash));
  const { row, guest } = await address(page);
  await view(page, 'tables');
  await page.waitForSelector(`.table-row[aria-selected="true"][data-row="${row}"]`);
  assert.match(await mapCursor(page), new RegExp(`Bytes ${Number(guest).toLocaleString('en-US')} to`));
  await view(page, 'partitions');
  await page.click('tr[data-partition="1"]');
  const [entry] = shown.partitions.entries;
  await addressHas(
    page,
    'partition=1',
    `guest=${entry.first_sector * 512}`,
    `structure=${encodeURIComponent(entry.structure)}`,
  );
  const structure = shown.structures.find(({ key }) => key === entry.structure);
  await view(page, 'hex');
  await addressHas(page, `offset=${structure.offset}`);
  assert.match(
    await mapCursor(page),
    new RegExp(`Bytes ${(entry.first_sector * 512).toLocaleString('en-US')} to`),
  );
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

test('back and forward walk the selections; arrow keys are one step', async () => {
  const page = await world.open();
  await pick(page, filesOf('vhd-dynamic'));
  await view(page, 'structures');
  await page.click('[data-structure="vhd.header"]');
  await page.locator('[data-field="table_offset"]').first().click();
  await addressHas(page, 'field=table_offset');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  const last = (await address(page)).field;
  await view(page, 'hex');
  await page.goBack();
  await addressHas(page, 'view=structures', `field=${last}`);
  await page.goBack();
  await addressHas(page, 'view=structures', 'field=table_offset');
  await page.waitForSelector('[data-field="table_offset"][aria-selected="true"]');
  await page.goBack();
  await addressHas(page, 'view=structures', 'structure=vhd.header');
  assert.equal((await address(page)).field, undefined);
  await page.goForward();
  await page.goForward();
  await addressHas(page, `field=${last}`);
  await page.keyboard.press('Escape');
  assert.equal((await address(page)).structure, undefined);
  await page.goBack();
  await addressHas(page, `field=${last}`);
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

test('rows are listed by their state, in a table of a million', async () => {
  const page = await world.open();
  const shown = await pick(page, filesOf('vhd-dynamic-2040g'));
  const { counts, rows } = shown.tables.find(({ key }) => key === 'vhd.bat');
  await view(page, 'tables');
  await page.click('[data-count="allocated"] button');
  await page.waitForFunction(
    (words) => document.querySelector('.table-head .place').textContent === words,
    `${counts.allocated.toLocaleString('en-US')} of ${rows.toLocaleString('en-US')} entries`,
  );
  await page.focus('.table-rows');
  await page.keyboard.press('End');
  const last = counts.allocated - 1;
  await page.waitForSelector(`.table-row[aria-selected="true"][data-row="${last}"]`);
  await page.waitForFunction(() => document.querySelector('.entry-head .badge')?.textContent === 'allocated');
  const { row, filter } = await address(page);
  assert.equal(filter, 'allocated');
  assert.ok(Number(row) > last, 'the last allocated row lies further back');
  // The selected row stays selected in the whole list.
  await page.click('[data-count="allocated"] button');
  await page.waitForSelector(`.table-row[aria-selected="true"][data-row="${row}"]`);
  // The row for a byte of the disk.
  await page.selectOption('.jump select', 'guest');
  await page.fill('input[name="row"]', '1 TiB');
  await page.press('input[name="row"]', 'Enter');
  await addressHas(page, `row=${2 ** 40 / shown.image.unit_bytes}`);
  await page.fill('input[name="row"]', '3 TiB');
  await page.press('input[name="row"]', 'Enter');
  await page.waitForFunction(() =>
    document.querySelector('.jump .wrong').textContent.includes('past the end'),
  );
  // What is wrong with a row is said in it.
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

test('what is wrong with a row is said in its place', async () => {
  const page = await world.open();
  const shown = await pick(page, filesOf('vhd-bat-past-end'));
  await view(page, 'tables');
  await page.click('[data-count="invalid"] button');
  await page.waitForSelector('.table-row[data-row="0"] .severity-error');
  await page.click('.table-row[data-row="0"]');
  const finding = shown.findings.find(({ severity }) => severity === 'error');
  assert.match(await page.textContent('.entry-head .finding-list'), new RegExp(finding.title));
  await page.context().close();
});
