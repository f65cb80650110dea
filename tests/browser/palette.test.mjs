/** Everything by keyboard: the palette, and the map of all keys. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pick, setUp, violations } from './harness.mjs';

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

for (const colorScheme of ['light', 'dark']) {
  test(`palette and keyboard map have no accessibility violation that axe finds (${colorScheme})`, async () => {
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
    await page.context().close();
  });
}
