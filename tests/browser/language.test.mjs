/** The page in Japanese: chosen by the browser or by its reader, in every view, and back again. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTooWide, pick, report, setUp, view, violations } from './harness.mjs';

const { world, filesOf } = setUp();

const VIEWS = [
  'overview',
  'structures',
  'tables',
  'map',
  'translate',
  'partitions',
  'hex',
  'chain',
  'findings',
  'samples',
  'learn',
];

function japanese(options = {}) {
  return world.open({ locale: 'ja-JP', ...options });
}

/**
 * What can be seen or is read out, and is English without saying so: three words in Latin letters in a row. What the
 * reader of the files says is English, and stands in elements of that language; code has no language, and neither have
 * names that stand in the image.
 */
function englishLeft(page) {
  return page.evaluate(async () => {
    const { image, partitions, files } = (await window.diskglass.report()) ?? {};
    const names = [
      image?.producer,
      ...(files ?? []).map(({ name }) => name),
      ...(partitions?.entries ?? []).flatMap(({ name, type_name }) => [name, type_name]),
    ].filter(Boolean);
    const isEnglish = (words) =>
      english.test(names.reduce((left, name) => left.replaceAll(name, '·'), words));
    const english = /[A-Za-z][a-z]*(?:[ \u00a0]+[A-Za-z][a-z'’-]*){2,}/;
    const isOther = (element) =>
      element.closest('[lang]')?.lang !== 'ja' || element.closest('code, pre, kbd, dg-hex, svg') !== null;
    const left = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const { parentElement: element, textContent } = node;
      if (isEnglish(textContent) && !isOther(element) && element.checkVisibility())
        left.push(textContent.trim());
    }
    for (const element of document.querySelectorAll('[aria-label], [title], [placeholder]')) {
      for (const name of ['aria-label', 'title', 'placeholder']) {
        const words = element.getAttribute(name);
        if (words && isEnglish(words) && !isOther(element)) left.push(`${name}: ${words}`);
      }
    }
    return left;
  });
}

async function walk(page, views = VIEWS) {
  for (const name of views) {
    await view(page, name);
    await page.waitForSelector(`#tab-${name}[aria-selected="true"]`);
    await page.waitForTimeout(300);
    assert.deepEqual(await englishLeft(page), [], name);
    assert.match(await page.innerText('main'), /[ぁ-ん一-龯]/, name);
  }
}

test('a Japanese browser shows every view in Japanese', async () => {
  const page = await japanese();
  assert.equal(await page.getAttribute('html', 'lang'), 'ja');
  assert.deepEqual(await englishLeft(page), []);
  await pick(page, filesOf('vhd-dynamic'));
  await walk(page);
  for (const part of ['compare', 'about', 'tour']) {
    await page.click(`[data-part="${part}"]`);
    await page.waitForTimeout(300);
    assert.deepEqual(await englishLeft(page), [], part);
  }
  await page.keyboard.press('?');
  await page.waitForSelector('.key-map[open]');
  assert.deepEqual(await englishLeft(page), [], 'keys');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+K');
  await page.waitForSelector('.palette[open]');
  assert.deepEqual(await englishLeft(page), [], 'palette');
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

test('so are damaged images, incomplete ones and chains', async () => {
  const page = await japanese();
  for (const name of ['vhd-fixed-truncated', 'vmdk-snapshots', 'vhd-finding-chain-parent-ambiguous']) {
    await pick(page, filesOf(name));
    await walk(page, ['overview', 'chain', 'findings', 'partitions', 'map']);
    await page.evaluate(() => document.querySelector('[data-action="close"]').click());
    await page.waitForFunction(() => document.documentElement.dataset.state === 'idle');
  }
  await page.context().close();
});

test('numbers, sizes and dates follow the language', async () => {
  const page = await japanese();
  await pick(page, filesOf('vhd-dynamic'));
  await view(page, 'overview');
  const words = await page.innerText('main');
  assert.match(words, /\d{4}年\d{1,2}月\d{1,2}日/);
  assert.match(words, /512 バイト/);
  await page.context().close();
});

test('the language can be switched, which keeps what is open and is remembered', async () => {
  const page = await world.open();
  assert.equal(await page.getAttribute('html', 'lang'), 'en');
  await pick(page, filesOf('vhd-dynamic'));
  await view(page, 'structures');
  await page.locator('[role="treeitem"]').nth(1).click();
  const [before, at] = [await report(page), await page.evaluate(() => location.hash)];
  const english = await page.innerText('.top');
  await page.click('[data-action="language"]');
  await page.waitForSelector('html[lang="ja"]');
  assert.equal(await page.innerText('#tab-structures'), '構造');
  assert.deepEqual(await report(page), before);
  assert.equal(await page.evaluate(() => location.hash), at);
  await page.reload();
  await page.waitForSelector('html[lang="ja"]');
  await pick(page, filesOf('vhd-dynamic'));
  await page.click('[data-action="language"]');
  await page.waitForSelector('html[lang="en"]');
  assert.equal(await page.innerText('.top'), english);
  assert.equal(await page.evaluate(() => location.hash), at);
  await page.reload();
  await page.waitForFunction(() => typeof window.diskglass?.report === 'function');
  assert.equal(await page.getAttribute('html', 'lang'), 'en');
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

test('who reads English does not load the Japanese words', async () => {
  const loaded = async (locale) => {
    const from = world.asked.length;
    const page = await world.open({ locale });
    await page.context().close();
    return world.asked.slice(from).filter((path) => path.endsWith('.js')).length;
  };
  assert.equal(await loaded('ja-JP'), (await loaded('fr-FR')) + 1);
});

for (const colorScheme of ['light', 'dark']) {
  test(`the Japanese page is accessible and fits a telephone (${colorScheme})`, async () => {
    const page = await japanese({ colorScheme, viewport: { width: 390, height: 844 } });
    assert.deepEqual(await violations(page), []);
    assert.equal(await isTooWide(page), false);
    await pick(page, filesOf('vhd-fixed-truncated'));
    for (const name of ['overview', 'map', 'findings', 'chain']) {
      await view(page, name);
      await page.waitForTimeout(300);
      assert.deepEqual(await violations(page), [], name);
      assert.equal(await isTooWide(page), false, name);
    }
    await page.context().close();
  });
}
