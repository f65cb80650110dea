/** Everything by keyboard: the palette, the map of all keys, and the findings. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isTooWide, pick, setUp, view, violations } from './harness.mjs';

const { world, filesOf } = setUp();

const INPUT = '.palette input';

async function openPalette(page) {
  await page.keyboard.press('Control+k');
  await page.waitForSelector('.palette[open] input:focus');
}

/** Opens the palette, types, and goes to what is chosen; what that was. */
async function goTo(page, typed) {
  await openPalette(page);
  await page.keyboard.type(typed);
  const words = await chosen(page);
  await page.keyboard.press('Enter');
  await page.waitForSelector('.palette:not([open])', { state: 'attached' });
  return words;
}

/** The words of the chosen line, the one that is read out. */
async function chosen(page) {
  await page.waitForSelector('.palette-option[aria-selected="true"]');
  const id = await page.getAttribute(INPUT, 'aria-activedescendant');
  return (await page.textContent(`#${id}[aria-selected="true"]`)).replace(/\s+/g, ' ').trim();
}

function address(page) {
  return page.evaluate(() => Object.fromEntries(new URLSearchParams(location.hash.slice(1))));
}

test('the palette finds a field by its value: text, number, UUID', async () => {
  const page = await world.open();
  const { structures } = await pick(page, filesOf('vhd-dynamic'));
  await goTo(page, 'conectix');
  await page.waitForSelector('[data-field="cookie"][aria-selected="true"]');
  assert.equal((await address(page)).field, 'cookie');
  const footer = structures.find(({ key }) => key === 'vhd.footer@end');
  const valueOf = (name) => footer.fields.find((field) => field.name === name).value;
  await goTo(page, valueOf('unique_id').toUpperCase().replaceAll('-', ''));
  await page.waitForSelector('[data-field="unique_id"][aria-selected="true"]');
  await openPalette(page);
  await page.keyboard.type(`0x${BigInt(valueOf('time_stamp')).toString(16)}`);
  // Before it come the places of that number.
  const names = await page.$$eval('.palette-option .palette-title', (all) =>
    all.map((one) => one.textContent),
  );
  assert.ok(names.includes('time_stamp'), names.join());
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

test('after a choice the arrows go on from there', async () => {
  const page = await world.open();
  await pick(page, filesOf('vhd-dynamic'));
  await goTo(page, 'conectix');
  await page.waitForSelector('[data-field="cookie"][aria-selected="true"]:focus');
  await page.keyboard.press('ArrowDown');
  await page.waitForSelector('[data-field="features"][aria-selected="true"]:focus');
  await page.context().close();
});

test('the palette finds findings, structures, partitions, tables, files and samples', async () => {
  const page = await world.open();
  const shown = await pick(page, filesOf('vhd-bat-past-end'));
  const [finding] = shown.findings;
  await goTo(page, finding.id);
  await page.waitForSelector(`[data-finding="${finding.id}"][aria-current="true"]`);
  const [table] = shown.tables;
  await openPalette(page);
  await page.keyboard.type(table.key);
  // The structure of that name, and findings in it, are found too.
  while (!(await chosen(page)).match(/\d entries/)) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => location.hash.includes('view=tables'));
  assert.equal((await address(page)).table, table.key);
  await pick(page, filesOf('vhd-dynamic'));
  await goTo(page, 'partition 1');
  assert.deepEqual([(await address(page)).view, (await address(page)).partition], ['partitions', '1']);
  await goTo(page, 'dynamic header');
  assert.equal((await address(page)).structure, 'vhd.header');
  await goTo(page, 'vhd-dynamic.vhd');
  assert.equal((await address(page)).file, 'vhd-dynamic.vhd');
  await goTo(page, 'vmdk-split-snapshot');
  await page.waitForFunction(() => location.search.includes('sample=vmdk-split-snapshot'));
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

test('a typed offset is a place of the file and of the disk', async () => {
  const page = await world.open();
  const { files } = await pick(page, filesOf('vhd-dynamic'));
  assert.match(await goTo(page, '0x200'), /Go to byte 512 of vhd-dynamic.vhd/);
  assert.equal((await address(page)).offset, '512');
  await goTo(page, '-512');
  assert.equal(Number((await address(page)).offset), files[0].size - 512);
  await openPalette(page);
  await page.keyboard.type('63s');
  await page.keyboard.press('ArrowDown');
  assert.match(await chosen(page), /Guest byte 32,256/);
  await page.keyboard.press('Enter');
  await page.waitForSelector('[data-piece]');
  assert.equal((await address(page)).guest, '32256');
  await page.context().close();
});

test('the palette does what buttons do', async () => {
  const page = await world.open();
  await pick(page, filesOf('vhd-dynamic'));
  await goTo(page, 'check the data');
  await page.waitForFunction(() => document.documentElement.dataset.coverage === 'data');
  const download = page.waitForEvent('download');
  await goTo(page, 'json');
  assert.equal((await download).suggestedFilename(), 'vhd-dynamic.vhd.diskglass.json');
  await goTo(page, 'theme');
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'light');
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await goTo(page, 'copy link');
  await page.waitForFunction(() => document.querySelector('.said').textContent.includes('copied'));
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), page.url());
  await goTo(page, 'close');
  await page.waitForFunction(() => document.documentElement.dataset.state === 'idle');
  await page.context().close();
});

test('Escape gives the keyboard back to where it was', async () => {
  const page = await world.open();
  await pick(page, filesOf('vhd-dynamic'));
  await page.keyboard.press('2');
  await page.click('[data-field="checksum"]');
  for (const key of ['Control+k', '?']) {
    await page.focus('[data-field="checksum"]');
    await page.keyboard.press(key);
    await page.waitForSelector('dialog[open]');
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => !document.querySelector('dialog[open]'));
    assert.equal(await page.evaluate(() => document.activeElement.dataset.field), 'checksum', key);
  }
  // Also out of a field, in which other keys are typed.
  await page.keyboard.press('/');
  await page.keyboard.type('12');
  await openPalette(page);
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => document.activeElement.matches('.go-to input'));
  assert.equal(await page.inputValue('.go-to input'), '12');
  await page.context().close();
});

/** What shows that a key did what the map says of it. */
const WORKS = {
  'Mod+K': (page) => page.waitForSelector('.palette[open]'),
  '?': (page) => page.waitForSelector('.key-map[open]'),
  Escape: (page) => page.waitForFunction(() => !document.activeElement.matches('input')),
  '/': (page) => page.waitForFunction(() => document.activeElement.matches('.go-to input')),
  'Alt+ArrowLeft': (page) => page.waitForFunction(() => location.hash.includes('view=tables')),
  'Alt+ArrowRight': (page) => page.waitForFunction(() => location.hash.includes('view=structures')),
};
const VIEWS = [
  'overview',
  'structures',
  'tables',
  'map',
  'hex',
  'translate',
  'chain',
  'partitions',
  'findings',
];
WORKS.E = (page) => page.waitForSelector('dialog[open]');
WORKS.L = (page) => page.waitForSelector('html[lang="ja"]');
for (const [nth, name] of VIEWS.entries()) {
  WORKS[String(nth + 1)] = (page) => page.waitForSelector(`#tab-${name}[aria-selected="true"]`);
}

test('the keyboard map lists every key that works everywhere, and each does', async () => {
  const page = await world.open();
  await pick(page, filesOf('vhd-dynamic'));
  await page.keyboard.press('?');
  await page.waitForSelector('.key-map[open]');
  const groups = await page.$$eval('.key-groups section', (all) =>
    all.map((one) => ({
      where: one.querySelector('h3').textContent,
      chords: [...one.querySelectorAll('[data-chord]')].map((chord) => chord.dataset.chord),
    })),
  );
  const local = groups.findIndex(({ where }) => /^(In|On|Among)/.test(where));
  assert.ok(local > 0 && groups.length > local);
  const everywhere = groups.slice(0, local).flatMap(({ chords }) => chords);
  assert.deepEqual(everywhere.toSorted(), Object.keys(WORKS).toSorted());
  await page.keyboard.press('Escape');
  // From a place that has another one before it and one after it.
  for (const key of ['1', '3', '2']) await page.keyboard.press(key);
  for (const chord of everywhere.filter((chord) => chord !== 'Alt+ArrowRight')) {
    await page.keyboard.press('3');
    await page.keyboard.press('2');
    if (chord === 'Escape') await page.focus('.go-to input');
    await page.keyboard.press(chord.replace('Mod', 'Control'));
    await WORKS[chord](page);
    if (chord === 'Alt+ArrowLeft') {
      await page.keyboard.press('Alt+ArrowRight');
      await WORKS['Alt+ArrowRight'](page);
    }
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => !document.querySelector('dialog[open]'));
  }
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

test('where a view has no field of its own, the key of fields opens the palette', async () => {
  const page = await world.open();
  await page.keyboard.press('/');
  await page.waitForSelector('.palette[open] input:focus');
  await page.context().close();
});

test('findings are filtered by severity with the keyboard, and the address remembers it', async () => {
  const page = await world.open();
  const { findings } = await pick(page, filesOf('vhd-fixed-truncated'));
  const ids = (severity) => findings.filter((one) => one.severity === severity).map(({ id }) => id);
  const shown = () => page.$$eval('article', (cards) => cards.map((card) => card.dataset.finding));
  assert.ok(ids('error').length > 0 && ids('info').length > 0);
  await view(page, 'findings');
  assert.equal(
    await page.locator('.findings section').count(),
    new Set(findings.map(({ layer }) => layer)).size,
  );
  await page.focus('[data-severity="error"]');
  await page.keyboard.press('Space');
  await page.waitForSelector('[data-severity="error"][aria-pressed="true"]:focus');
  assert.deepEqual(await shown(), ids('error'));
  assert.equal((await address(page)).only, 'error');
  await page.reload();
  await pick(page, filesOf('vhd-fixed-truncated'));
  await page.waitForSelector('[data-severity="error"][aria-pressed="true"]');
  assert.deepEqual(await shown(), ids('error'));
  // A finding that is asked for is there, whatever the filter says.
  const [hidden] = ids('info');
  await goTo(page, hidden);
  await page.waitForSelector(`article[data-finding="${hidden}"]:focus`);
  await page.click('[data-severity="error"]');
  assert.equal((await shown()).length, findings.length);
  await page.keyboard.press('/');
  await page.keyboard.type('footer');
  await page.waitForFunction(() => location.hash.includes('seek=footer'));
  assert.ok((await shown()).length < findings.length);
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

test('the arrows walk from finding to finding, and Enter leads to its bytes', async () => {
  const page = await world.open();
  await pick(page, filesOf('vhd-bat-past-end'));
  await view(page, 'findings');
  const ids = await page.$$eval('article', (cards) => cards.map((card) => card.dataset.finding));
  await page.keyboard.press('/');
  await page.keyboard.press('ArrowDown');
  for (const [key, id] of [
    [undefined, ids[0]],
    ['ArrowDown', ids[1]],
    ['End', ids.at(-1)],
    ['Home', ids[0]],
  ]) {
    if (key) await page.keyboard.press(key);
    await page.waitForSelector(`article[data-finding="${id}"][aria-current="true"]:focus`);
    assert.equal((await address(page)).finding, id);
  }
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => location.hash.includes('view=structures'));
  assert.equal((await address(page)).structure, 'vhd.bat');
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

test('a finding tells what was expected and found, why, what to do, and shows its bytes', async () => {
  const page = await world.open();
  const { findings } = await pick(page, filesOf('vhd-footer-checksum'));
  const finding = findings.find(({ args }) => 'expected' in args);
  const [place] = finding.places;
  await view(page, 'findings');
  const card = page.locator(`article[data-finding="${finding.id}"]`);
  await card.getByText('Why it matters').waitFor();
  const names = await card.locator('.finding-numbers dt').allTextContents();
  assert.deepEqual(names.slice(0, 2), ['expected', 'found']);
  const values = await card.locator('.finding-numbers dd').allTextContents();
  assert.deepEqual(
    values.slice(0, 2).map((value) => value.trim()),
    [finding.args.expected, finding.args.found],
  );
  assert.ok((await card.textContent()).includes(finding.remedy));
  const bytes = readFileSync(filesOf('vhd-footer-checksum')[0]).subarray(
    place.offset,
    place.offset + place.length,
  );
  const line = card.locator(`.byte-line[data-place="${place.offset}"]`);
  await line.locator('.byte-pairs:not(.waiting)').waitFor();
  assert.ok(
    (await line.textContent()).includes(
      [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' '),
    ),
  );
  await page.context().close();
});

for (const colorScheme of ['light', 'dark']) {
  test(`palette, keyboard map and filtered findings have no accessibility violation that axe finds (${colorScheme})`, async () => {
    const page = await world.open({ colorScheme });
    await pick(page, filesOf('vhd-bat-past-end'));
    await openPalette(page);
    assert.deepEqual(await violations(page), [], 'commands');
    await page.keyboard.type('512');
    assert.deepEqual(await violations(page), [], 'places and fields');
    await page.keyboard.type(' no such thing');
    assert.deepEqual(await violations(page), [], 'nothing found');
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await page.waitForSelector('.key-map[open]');
    assert.deepEqual(await violations(page), [], 'keyboard map');
    await page.keyboard.press('Escape');
    await view(page, 'findings');
    await page.click('[data-severity="info"]');
    await page.waitForSelector('[data-severity="info"][aria-pressed="true"]');
    assert.deepEqual(await violations(page), [], 'findings, filtered');
    await page.setViewportSize({ width: 390, height: 844 });
    assert.equal(await isTooWide(page), false);
    await page.context().close();
  });
}
