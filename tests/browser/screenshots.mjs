/**
 * Pictures of every view in both themes, wide and narrow, for looking at: `node screenshots.mjs [FOLDER]`.
 * Without a folder only the pictures of the README are made anew.
 */

import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { join, pick, start, view, writeSamples } from './harness.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const folder = process.argv[2];
const world = await start();
const filesOf = writeSamples(world);

/** Opens a sample, goes to a view, does something there, and takes the picture. */
async function take(path, { theme, width, height }, sample, name, act = async () => {}) {
  const page = await world.open({ colorScheme: theme, viewport: { width, height }, reducedMotion: 'reduce' });
  if (sample) {
    await pick(page, filesOf(sample));
    await view(page, name);
    await act(page);
  }
  await page.waitForTimeout(250);
  await page.screenshot({ path });
  await page.context().close();
}

/** The size of the disk in the footer, with its bytes. */
async function chooseField(page) {
  await page.click('[data-structure="vhd.footer@end"]');
  await page.locator('[data-field="current_size"]').first().click();
}

async function chooseRow(page) {
  await page.click('[data-row="0"]');
}

async function choosePartition(page) {
  await page.click('[data-partition="1"]');
}

async function explain(page) {
  await page.locator('article summary').first().click();
}

/** A range that takes several pieces. */
async function translate(page) {
  await page.fill('input[name="span"]', '8 MiB');
  await page.fill('input[name="guest"]', '0');
  await page.press('input[name="guest"]', 'Enter');
  await page.waitForSelector('[data-piece]');
}

/** A byte of data, on its way back to the disk. */
async function translateBack(page) {
  await translate(page);
  await page.click('[data-action="way-back"]');
  await page.waitForSelector('.answer-head');
}

/** The palette with what it finds. */
async function search(page) {
  await page.keyboard.press('Control+k');
  await page.keyboard.type('checksum');
  await page.waitForSelector('.palette-option');
}

async function showKeys(page) {
  await page.keyboard.press('?');
  await page.waitForSelector('.key-map[open]');
}

async function filterFindings(page) {
  await page.click('[data-severity="info"]');
}

/** A cell of the map, at the start of a volume. */
async function chooseCell(page) {
  await page.waitForSelector('.map-sums tr[data-use]');
  await page.click('.map-canvas', { position: { x: 22, y: 4 } });
  await page.waitForSelector('[data-action="show-row"]');
}

/** The map of the file, close up. */
async function closeUp(page) {
  await page.click('[data-side="file"]');
  await page.waitForSelector('.map-sums tr[data-use="metadata"]');
  await page.click('.map-table summary');
}

/** The first text that looks like a volume, among the bytes. */
async function findBytes(page) {
  await page.selectOption('select[name="kind"]', 'utf-8');
  await page.fill('input[name="needle"]', 'NTFS');
  await page.press('input[name="needle"]', 'Enter');
  await page.waitForSelector('[data-hex] [data-selected]');
}

async function chooseInvalid(page) {
  await page.click('[data-count="invalid"] button');
  await page.click('[data-row="0"]');
}

/** One disk in two formats. */
async function compare(page) {
  await page.click('[data-part="compare"]');
  await page.waitForTimeout(500);
}

const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 390, height: 844 };

if (folder) {
  mkdirSync(folder, { recursive: true });
  for (const theme of ['light', 'dark']) {
    for (const [size, shape] of Object.entries({ wide: WIDE, narrow: NARROW })) {
      const picture = (name) => join(folder, `${name}-${theme}-${size}.png`);
      const look = { theme, ...shape };
      await take(picture('start'), look);
      await take(picture('overview'), look, 'vhd-dynamic', 'overview');
      await take(picture('overview-damaged'), look, 'vmdk-gt-mismatch', 'overview');
      await take(picture('structures'), look, 'vhd-dynamic', 'structures', chooseField);
      await take(picture('tables'), look, 'vhd-dynamic-2040g', 'tables', chooseRow);
      await take(picture('tables-filtered'), look, 'vhd-bat-past-end', 'tables', chooseInvalid);
      await take(picture('map'), look, 'vhd-dynamic', 'map', chooseCell);
      await take(picture('map-file'), look, 'vmdk-monolithic-sparse', 'map', closeUp);
      await take(picture('map-child'), look, 'vhd-differencing', 'map');
      await take(picture('bytes'), look, 'vhd-dynamic', 'hex', findBytes);
      await take(picture('translate'), look, 'vhd-differencing', 'translate', translate);
      await take(picture('translate-back'), look, 'vmdk-stream', 'translate', translateBack);
      await take(picture('chain'), look, 'vmdk-split-snapshot', 'chain');
      await take(picture('chain-missing'), look, 'vhd-finding-chain-parent-missing', 'chain');
      await take(picture('chain-ambiguous'), look, 'vhd-finding-chain-parent-ambiguous', 'chain');
      await take(picture('partitions'), look, 'vhd-dynamic', 'partitions', choosePartition);
      await take(picture('findings'), look, 'vmdk-gt-mismatch', 'findings', explain);
      await take(picture('findings-filtered'), look, 'vhd-bat-past-end', 'findings', filterFindings);
      await take(picture('palette'), look, 'vhd-dynamic', 'structures', search);
      await take(picture('keys'), look, 'vhd-dynamic', 'overview', showKeys);
      await take(picture('samples'), look, 'vhd-fixed', 'samples');
      await take(picture('learn'), look, 'vhd-fixed', 'learn');
      await take(picture('learn-side-by-side'), look, 'vhd-fixed', 'learn', compare);
    }
  }
} else {
  mkdirSync(join(here, 'screenshots'), { recursive: true });
  const picture = (name) => join(here, 'screenshots', `${name}.png`);
  await take(
    picture('structures-light'),
    { theme: 'light', ...WIDE },
    'vhd-dynamic',
    'structures',
    chooseField,
  );
  await take(picture('map-dark'), { theme: 'dark', ...WIDE }, 'vhd-dynamic', 'map', chooseCell);
}
await world.close();
