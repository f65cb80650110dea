/** The map: what it draws, what it says in numbers and as a table, and how it is used by hand and by keyboard. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTooWide, join, pick, report, setUp, view, violations } from './harness.mjs';
import { writeSparseVmdk } from './images.mjs';

const { world, filesOf } = setUp();

/** What the numbers beside the map say: bytes in words by use. */
function sums(page) {
  return page.$$eval('.map-sums tr[data-use]', (rows) =>
    Object.fromEntries(rows.map((row) => [row.dataset.use, row.cells[1].textContent.trim()])),
  );
}

async function counted(page) {
  await page.waitForSelector('.map-sums tr[data-use]');
  await page.waitForFunction(() => !document.querySelector('.map-sums .waiting'));
}

/** Opens a sample and shows its map. */
async function mapOf(files, options) {
  const page = await world.open(options);
  const shown = await pick(page, files);
  await view(page, 'map');
  await counted(page);
  return { page, shown };
}

/** The colour of a point of the canvas. */
function colour(page, x, y) {
  return page.$eval(
    '.map-canvas',
    (canvas, [x, y]) => [
      ...canvas.getContext('2d').getImageData(x * devicePixelRatio, y * devicePixelRatio, 1, 1).data,
    ],
    [x, y],
  );
}

/** Waits until the picture has been drawn as it is to stay. */
async function drawn(page) {
  await page.waitForTimeout(300);
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  );
}

function address(page) {
  return page.evaluate(() => Object.fromEntries(new URLSearchParams(location.hash.slice(1))));
}

test('the disk in colours and in numbers', async () => {
  const { page, shown } = await mapOf(filesOf('vhd-dynamic'));
  const { allocated_units: units, unit_bytes: unit } = shown.image;
  assert.equal((await sums(page)).data, `${(units * unit) / 2 ** 20} MiB`);
  await drawn(page);
  // The first block is allocated, the second is not.
  const cell = Number((await page.textContent('.map-bar .place')).match(/([\d.]+) KiB a\s+cell/)[1]) * 1024;
  assert.ok(cell > 0 && cell < unit);
  const data = await colour(page, 4, 4);
  const last = await page.$eval('.map-canvas', ({ clientWidth }) => Math.floor(clientWidth / 9) * 9 - 5);
  const empty = await colour(page, last, 4);
  assert.notDeepEqual(data, empty);
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

test('a file in colours and in numbers', async () => {
  const { page, shown } = await mapOf(filesOf('vhd-dynamic'));
  await page.click('[data-side="file"]');
  await counted(page);
  const found = await sums(page);
  const { allocated_units: units, unit_bytes: unit } = shown.image;
  assert.equal(found.data, `${(units * unit) / 2 ** 20} MiB`);
  assert.equal(found.bitmap, `${(units * 512) / 1024} KiB`);
  assert.ok(found.metadata && found.table, JSON.stringify(found));
  // Footer, header and table come first: the same colour twice is no map.
  await drawn(page);
  assert.notDeepEqual(await colour(page, 4, 4), await colour(page, 400, 100));
  assert.equal((await address(page)).side, 'file');
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

test('a cell that is chosen is selected everywhere', async () => {
  const { page } = await mapOf(filesOf('vhd-dynamic'));
  await page.click('.map-canvas', { position: { x: 4, y: 4 } });
  const { guest, span } = await address(page);
  assert.equal(guest, '0');
  assert.ok(Number(span) > 0);
  // What lies there in the file, and which entry leads to it, follow a moment later.
  await page.waitForFunction(() => /[#&]row=0/.test(location.hash) && /[#&]offset=\d/.test(location.hash));
  await page.click('[data-action="show-row"]');
  await page.waitForSelector('.table-row[aria-selected="true"][data-row="0"]');
  await view(page, 'hex');
  await page.waitForSelector('[data-hex] [data-selected]');
  await view(page, 'map');
  await page.click('[data-action="translate"]');
  await page.waitForSelector('[data-piece]');
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

test('from the whole disk to one sector and back, by wheel and by keyboard', async () => {
  const { page, shown } = await mapOf(filesOf('vhd-dynamic-2040g'));
  await page.focus('.map-canvas');
  await page.keyboard.press('Home');
  const wide = Number((await address(page)).span);
  assert.ok(wide > 2 ** 20);
  for (let step = 0; step < 40; step++) {
    await page.keyboard.press('Enter');
    const place = await page.textContent('.map-bar .place');
    if (/512 bytes a\s+cell/.test(place)) break;
  }
  assert.match(await page.textContent('.map-bar .place'), /512 bytes a\s+cell/);
  await page.waitForFunction(() => location.hash.includes('to='));
  await page.keyboard.press('Home');
  assert.equal((await address(page)).span, '512');
  assert.match(await page.textContent('#map-cursor'), /512 bytes/);
  await page.keyboard.press('ArrowRight');
  assert.equal((await address(page)).guest, '512');
  await page.keyboard.press('Shift+ArrowRight');
  assert.equal((await address(page)).span, '1024');
  await page.keyboard.press('0');
  await page.waitForFunction(() => !location.hash.includes('to='));
  // The wheel zooms around the pointer: the byte under it stays there.
  await page.hover('.map-canvas', { position: { x: 500, y: 300 } });
  const before = await page.textContent('#map-cursor dd');
  await page.mouse.wheel(0, -400);
  await page.waitForFunction(() => location.hash.includes('to='));
  const { from, to } = await address(page);
  const under = Number(before.match(/^[\d,]+/)[0].replaceAll(',', ''));
  assert.ok(Number(from) < under && under < Number(to), `${from} ${under} ${to}`);
  assert.ok(Number(to) - Number(from) < shown.image.virtual_size_bytes);
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

test('the address restores what was in sight', async () => {
  const page = await world.open({
    query: '?sample=vhd-dynamic#view=map&side=file&from=1048576&to=2097152',
  });
  await counted(page);
  assert.match(await page.textContent('.map-bar .place'), /^\s*1 MiB of 8 MiB from byte\s+1,048,576/);
  await page.context().close();
});

test('damage has its colour and its mark, and the table says it too', async () => {
  const { page, shown } = await mapOf(filesOf('vhd-bat-past-end'));
  assert.ok((await sums(page)).invalid);
  const finding = shown.findings.find(({ guest_range: range }) => range);
  await page.click('.map-table summary');
  await page.waitForSelector('.map-table tbody tr');
  const rows = await page.$$eval('.map-table tbody tr', (rows) => rows.map((row) => row.textContent));
  assert.ok(
    rows.some((row) => row.includes('unreadable')),
    rows.join('\n'),
  );
  assert.ok(rows.some((row) => row.includes('data')));
  // The finding is named for the cell that it lies in.
  await page.locator('.map-table tbody tr', { hasText: 'unreadable' }).locator('button').click();
  await page.waitForFunction(() => location.hash.includes('to='));
  await drawn(page);
  await page.click('.map-canvas', { position: { x: 8, y: 8 } });
  await page.waitForFunction(
    (title) => document.querySelector('#map-cursor').textContent.includes(title),
    finding.title,
  );
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

test("a child shows what is its own and what is the parent's", async () => {
  const { page } = await mapOf(filesOf('vhd-differencing'));
  const found = await sums(page);
  assert.ok(found.parent && found.data, JSON.stringify(found));
  await page.context().close();
});

test('partitions are drawn to scale and lead to themselves', async () => {
  const { page, shown } = await mapOf(filesOf('vhd-dynamic'));
  const entries = shown.partitions.entries.filter(({ role }) => role === 'partition');
  assert.equal(await page.locator('.map-parts button').count(), entries.length);
  await page.click('.map-parts [data-partition="1"]');
  await page.waitForFunction(() => location.hash.includes('partition=1'));
  assert.equal((await address(page)).guest, String(entries[0].first_sector * 512));
  await view(page, 'partitions');
  await page.waitForSelector('[data-partition="1"][aria-selected="true"]');
  await page.context().close();
});

test('a disk of sixteen million grains is counted while the page answers', async () => {
  const path = join(world.folder, 'many.vmdk');
  writeSparseVmdk(path, { sectors: 2 ** 31, allocated: 3 });
  const { page } = await mapOf([path]);
  const found = await sums(page);
  assert.equal(found.data, '192 KiB');
  assert.match(found.unallocated, /1,023\.99 GiB|1 TiB/);
  await page.focus('.map-canvas');
  await page.keyboard.press('End');
  await page.waitForFunction(() => /[#&]row=\d/.test(location.hash));
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

for (const colorScheme of ['light', 'dark']) {
  test(`the map is accessible and fits a telephone (${colorScheme})`, async () => {
    const { page } = await mapOf(filesOf('vhd-differencing'), { colorScheme });
    assert.deepEqual(await violations(page), []);
    await page.focus('.map-canvas');
    await page.keyboard.press('Home');
    await page.click('.map-table summary');
    await page.click('[data-side="file"]');
    await counted(page);
    assert.deepEqual(await violations(page), []);
    await page.setViewportSize({ width: 390, height: 844 });
    await drawn(page);
    assert.equal(await isTooWide(page), false);
    assert.deepEqual(await violations(page), []);
    assert.deepEqual((await report(page)).verdict, 'sound');
    await page.context().close();
  });
}
