/** What is on the disk, whoever wrote it: every scheme drawn to scale and listed, with its gaps and the way to its bytes. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isTooWide, pick, start, view, violations, writeSamples } from './harness.mjs';

let world;
let filesOf;

before(async () => {
  world = await start();
  filesOf = writeSamples(world);
});

after(() => world?.close());

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

/** The stretches of the disk that no partition takes, by the report: first sector and count. */
function gapsOf({ image, partitions }) {
  const end = Math.floor(image.virtual_size_bytes / partitions.sector_bytes);
  const taken = partitions.entries
    .filter(({ role }) => role === 'partition')
    .map(({ first_sector, sector_count }) => [first_sector, first_sector + sector_count])
    .sort(([a], [b]) => a - b);
  const gaps = [];
  let at = 0;
  for (const [first, behind] of [...taken, [end, end]]) {
    if (first > at) gaps.push([at, first - at]);
    at = Math.max(at, behind);
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
    const rows = await page.$$eval('[data-partition], [data-gap]', (all) =>
      all.map(({ dataset, className, cells }) => ({
        index: dataset.partition && Number(dataset.partition),
        gap: dataset.gap && Number(dataset.gap),
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
    }
    const gaps = gapsOf(shown);
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
    const leaves = entries
      .filter(({ role }) => role === 'partition')
      .map(({ first_sector, sector_count }) => [first_sector, sector_count])
      .sort(([a], [b]) => a - b);
    near(await drawn('.disk-partition'), leaves);
    near(await drawn('.disk-gap'), gaps);
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
  assert.equal((await focused()).gap, '4096', 'a gap is a row, too');
  await page.keyboard.press('Home');
  assert.equal((await focused()).gap, '0');
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
    for (const name of ['raw-mbr', 'raw-ldm', 'raw-iso-boot', 'mbr-overlap']) {
      await page.goto(`${world.url}?sample=${name}#view=partitions`);
      await page.waitForSelector('.partitions');
      assert.equal(await isTooWide(page), false, name);
      assert.deepEqual(await violations(page), [], name);
    }
    await page.context().close();
  });
}
