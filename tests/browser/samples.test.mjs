/** The gallery: grouped, searched, walked with the keyboard, and linked from findings. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTooWide, pick, ready, report, setUp, view, violations } from './harness.mjs';

const { world, filesOf } = setUp();

async function gallery(context) {
  const page = await world.open(context);
  await view(page, 'samples');
  await page.waitForSelector('[data-sample]');
  return page;
}

/** Names of the samples that are listed. */
function listed(page) {
  return page.$$eval('[data-sample]', (links) => links.map((link) => link.dataset.sample));
}

test('the samples are searched by words and by the ids of findings', async () => {
  const page = await gallery();
  const all = await listed(page);
  assert.ok(all.length > 100, `${all.length} samples`);
  await page.keyboard.press('/');
  await page.keyboard.type('vhd.footer.checksum');
  await page.waitForFunction((most) => document.querySelectorAll('[data-sample]').length < most, all.length);
  const found = await listed(page);
  assert.ok(found.length > 0 && found.length < 5, found.join());
  assert.match(await page.evaluate(() => location.hash), /find=vhd\.footer\.checksum/);
  await page.fill('.sample-search input', 'no such words');
  await page.waitForFunction(() => document.querySelectorAll('[data-sample]').length === 0);
  assert.match(await page.textContent('.samples'), /No sample has these words/);
  await page.fill('.sample-search input', '');
  await page.waitForFunction(
    (most) => document.querySelectorAll('[data-sample]').length === most,
    all.length,
  );
  await page.context().close();
});

test('the gallery is walked and a sample opened with the keyboard', async () => {
  const page = await gallery();
  const [first, second] = await listed(page);
  await page.keyboard.press('/');
  await page.keyboard.press('ArrowDown');
  const focused = () => page.evaluate(() => document.activeElement?.dataset.sample);
  assert.equal(await focused(), first);
  await page.keyboard.press('ArrowDown');
  assert.equal(await focused(), second);
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.documentElement.dataset.state !== 'idle');
  await ready(page);
  assert.match(page.url(), new RegExp(`sample=${second}#?`));
  assert.ok((await report(page)).image);
  await page.context().close();
});

test('a sample has an address of its own', async () => {
  const page = await world.open({ query: '?sample=vhd-dynamic#view=partitions' });
  await page.waitForSelector('[data-partition="1"]');
  assert.equal((await report(page)).image.key, 'vhd-dynamic.vhd');
  await page.context().close();
});

test('a finding leads to a sample that shows it, and what is open stays open', async () => {
  const page = await world.open();
  const shown = await pick(page, filesOf('vhd-header-checksum'));
  const id = 'vhd.header.checksum';
  assert.ok(shown.findings.some((finding) => finding.id === id));
  await view(page, 'findings');
  await page.click(`article[data-finding="${id}"] summary`);
  const link = page.locator(`[data-shows="${id}"]`).first();
  const [other] = await Promise.all([page.context().waitForEvent('page'), link.click()]);
  await other.waitForSelector(`article[data-finding="${id}"]`);
  assert.equal(await other.evaluate(() => document.documentElement.dataset.state), 'ready');
  assert.equal((await report(page)).image.key, 'vhd-header-checksum.vhd');
  await page.context().close();
});

test('a sample that is there to show a finding shows it', async () => {
  const page = await gallery();
  const small = await page.$$eval('.compact [data-sample]', (links) =>
    links.map((link) => ({
      name: link.dataset.sample,
      isDeep: link.querySelector('.badge') !== null,
      shows: [...link.querySelectorAll('code')].map((code) => code.textContent),
    })),
  );
  assert.ok(small.every(({ shows }) => shows.length > 0));
  // The library's own tests go through all of them: here, one in twelve takes the way through the page.
  for (const { name, shows } of small.filter(({ isDeep }, nth) => !isDeep && nth % 12 === 0)) {
    await view(page, 'samples');
    await page.click(`[data-sample="${name}"]`);
    await page.waitForFunction((wanted) => location.search === `?sample=${wanted}`, name);
    await ready(page);
    const ids = (await report(page)).findings.map(({ id }) => id);
    for (const id of shows) assert.ok(ids.includes(id), `${name}: ${id}`);
  }
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

for (const colorScheme of ['light', 'dark']) {
  test(`the gallery is accessible and fits a telephone (${colorScheme})`, async () => {
    const page = await gallery({ colorScheme, viewport: { width: 390, height: 844 } });
    assert.equal(await isTooWide(page), false);
    assert.deepEqual(await violations(page), []);
    await page.context().close();
  });
}
