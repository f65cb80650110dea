/** What is on the disk, whoever wrote it: every scheme drawn to scale and listed, with its gaps and the way to its bytes. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTooWide, pick, setUp, view, violations } from './harness.mjs';

const { world, filesOf } = setUp();

/** A healthy disk of every scheme. */
const SCHEMES = {
  'raw-mbr': 'MBR',
  'raw-boot': 'MBR',
  'raw-gpt-512': 'GPT',
  'raw-gpt-4096': 'GPT',
  'raw-apm': 'Apple partition map',
  'raw-bsd': 'MBR',
  'raw-solaris': 'MBR',
  'raw-sun': 'Sun disk label',
  'raw-sgi': 'SGI volume header',
  'raw-atari': 'Atari root sector',
  'raw-dasd': 'DASD table of contents',
  'raw-ldm': 'Windows dynamic disk',
};

/** The stretches of the disk that partitions take, by the report: first sector and count. */
function leavesOf({ partitions }) {
  return partitions.entries
    .filter(({ role }) => role === 'partition')
    .map(({ first_sector, sector_count }) => [first_sector, sector_count])
    .sort(([a], [b]) => a - b);
}

/** The stretches that the table itself takes outside of them. */
function metadataOf(report) {
  const isFree = (at) => leavesOf(report).every(([first, count]) => at < first || first + count <= at);
  return report.partitions.metadata
    .map(({ first_sector, sector_count }) => [first_sector, sector_count])
    .filter(([first]) => isFree(first));
}

/** The stretches that nothing takes; they end where a partition that holds others begins or ends. */
function gapsOf(report) {
  const { image, partitions } = report;
  const end = Math.floor(image.virtual_size_bytes / partitions.sector_bytes);
  const parents = new Set(partitions.entries.map(({ parent }) => parent));
  const borders = partitions.entries
    .filter(({ index }) => parents.has(index))
    .flatMap(({ first_sector, sector_count }) => [first_sector, first_sector + sector_count]);
  const taken = [...leavesOf(report), ...metadataOf(report), ...borders.map((at) => [at, 0]), [end, 0]];
  const gaps = [];
  let at = 0;
  for (const [first, count] of taken.sort(([a], [b]) => a - b)) {
    if (first > at) gaps.push([at, first - at]);
    at = Math.max(at, first + count);
  }
  return gaps;
}

for (const [name, scheme] of Object.entries(SCHEMES)) {
  test(`${name}: entries, nesting and gaps`, async () => {
    const page = await world.open();
    const shown = await pick(page, filesOf(name));
    await view(page, 'partitions');
    assert.equal(await page.textContent('h1'), `Partition table: ${scheme}`);
    const { entries, sector_bytes: unit } = shown.partitions;
    const rows = await page.$$eval('[data-partition], [data-gap], [data-metadata]', (all) =>
      all.map(({ dataset, className, cells }) => ({
        index: dataset.partition && Number(dataset.partition),
        gap: dataset.gap && Number(dataset.gap),
        isMetadata: dataset.metadata !== undefined,
        depth: Number(getComputedStyle(cells[1]).getPropertyValue('--depth')),
        isContainer: className === 'container',
        isNested: cells[1].querySelector('.nested') !== null,
        words: [...cells].map((cell) => cell.textContent.trim()),
      })),
    );
    for (const entry of entries) {
      const row = rows.find(({ index }) => index === entry.index);
      assert.equal(row.isContainer, entry.role === 'container');
      assert.equal(row.isNested, entry.parent !== null);
      const [, type, title, volume, label] = row.words;
      assert.ok(type.includes(entry.type_name ?? entry.type_id), type);
      assert.equal(title, entry.name ?? '');
      assert.equal(volume, [entry.volume?.type, entry.volume?.version].filter(Boolean).join(' '));
      assert.equal(label, entry.volume?.label ?? '');
      assert.equal(row.words[6].replace(/\D/g, ''), String(entry.first_sector));
      // What lies in another entry is listed behind it.
      const parent = rows.findIndex(({ index }) => index === entry.parent);
      assert.ok(parent < rows.indexOf(row));
      assert.equal(row.depth, entry.parent === null ? 0 : rows[parent].depth + 1);
    }
    const gaps = gapsOf(shown);
    const metadata = metadataOf(shown);
    assert.deepEqual(
      rows.filter(({ isMetadata }) => isMetadata).map(({ words }) => Number(words[3].replace(/\D/g, ''))),
      metadata.map(([first]) => first),
    );
    const starts = rows.map(({ words }) => Number(words.at(-3).replace(/\D/g, '')));
    assert.deepEqual(
      starts,
      starts.toSorted((a, b) => a - b),
      'in the order of the disk',
    );
    assert.deepEqual(
      rows.filter(({ gap }) => gap !== undefined).map(({ gap }) => gap),
      gaps.map(([first]) => first),
    );

    // The bar is to scale.
    const bar = await page.locator('.disk-bar').boundingBox();
    const scale = bar.width / (shown.image.virtual_size_bytes / unit);
    const drawn = async (selector) =>
      page.$$eval(selector, (all) =>
        all.map((one) => [one.getBoundingClientRect().left, one.getBoundingClientRect().width]),
      );
    const near = (found, wanted) => {
      assert.equal(found.length, wanted.length);
      found.forEach(([left, width], nth) => {
        const [first, count] = wanted[nth];
        assert.ok(Math.abs(left - bar.x - first * scale) < 3, `${name}: ${left} for sector ${first}`);
        assert.ok(Math.abs(width - count * scale) < 3, `${name}: ${width} for ${count} sectors`);
      });
    };
    near(await drawn('.disk-partition'), leavesOf(shown));
    near(await drawn('.disk-gap'), gaps);
    near(await drawn('.disk-metadata'), metadata);
    assert.deepEqual(page.errors, []);
    await page.context().close();
  });
}

test('a partition leads to its entry, its superblock and its first sector, and back', async () => {
  const page = await world.open();
  const shown = await pick(page, filesOf('raw-bsd'));
  const entry = shown.partitions.entries.find(({ volume }) => volume);
  await view(page, 'partitions');
  await page.click(`[data-partition="${entry.index}"]`);
  await page.click('text=Show its entry');
  await page.waitForSelector(`[data-structure="${entry.structure}"][aria-selected="true"]`);
  await page.waitForSelector('[data-hex]');
  await page.goBack();
  await page.click('text=Show its superblock');
  await page.waitForSelector(`[data-structure="${entry.volume.structure}"][aria-selected="true"]`);
  await page.goBack();
  await page.click('.partitions [data-action="translate"]');
  await page.waitForFunction((at) => location.hash.includes(`guest=${at}`), entry.first_sector * 512);
  await page.goBack();
  await page.locator('[data-gap] button').last().click();
  const [first] = gapsOf(shown).at(-1);
  await page.waitForFunction((at) => location.hash.includes(`guest=${at}`), first * 512);
  await page.goBack();
  await page.click('[data-metadata="mbr@0"] button');
  await page.waitForSelector('[data-structure="mbr@0"][aria-selected="true"]');
  await page.waitForSelector('[data-hex] [data-offset="0"]');
  await page.context().close();
});

test('the rows are gone through with the keyboard', async () => {
  const page = await world.open();
  await pick(page, filesOf('raw-mbr'));
  await view(page, 'partitions');
  await page.focus('[data-partition="1"]');
  await page.keyboard.press('ArrowDown');
  const focused = () => page.evaluate(() => ({ ...document.activeElement.dataset }));
  assert.equal((await focused()).partition, '2');
  await page.waitForSelector('[data-partition="2"][aria-selected="true"]');
  await page.keyboard.press('ArrowDown');
  assert.equal((await focused()).metadata, 'mbr.ebr@1', 'what the table takes is a row, too');
  await page.keyboard.press('ArrowDown');
  assert.equal((await focused()).gap, '4097', 'and a gap');
  await page.keyboard.press('Home');
  assert.equal((await focused()).metadata, 'mbr@0');
  await page.keyboard.press('Enter');
  await page.waitForSelector('[data-structure="mbr@0"][aria-selected="true"]');
  await page.context().close();
});

test('a volume without a partition table, and a disc that starts', async () => {
  const page = await world.open();
  await pick(page, filesOf('raw-volume-exfat'));
  await view(page, 'partitions');
  assert.match(await page.textContent('main'), /No partition table.*whole disk is one volume.*exfat/s);
  await page.click('[data-action="close"]');
  const disc = await pick(page, filesOf('raw-iso-boot'));
  await view(page, 'partitions');
  for (const { text } of disc.boot) assert.ok((await page.textContent('.boot-facts')).includes(text), text);
  await page.locator('[data-boot] button').first().click();
  await page.waitForSelector('[data-hex]');
  await page.context().close();
});

for (const colorScheme of ['light', 'dark']) {
  test(`partitions are accessible and fit a telephone (${colorScheme})`, async () => {
    const page = await world.open({ colorScheme, viewport: { width: 390, height: 844 } });
    for (const name of [...Object.keys(SCHEMES), 'raw-iso-boot', 'raw-volume-exfat', 'mbr-overlap']) {
      await page.goto(`${world.url}?sample=${name}#view=partitions`);
      await page.waitForSelector('.partitions');
      assert.equal(await isTooWide(page), false, name);
      assert.deepEqual(await violations(page), [], name);
    }
    await page.context().close();
  });
}
