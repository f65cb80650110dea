/** The engine comes in two parts: what opens a healthy image, and the rest, which is there before anybody needs it. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { commandReport, dist, join, ready, report, setUp, view } from './harness.mjs';

const { world, filesOf } = setUp();

const REST = /\/diskglass_rest-[^/]*\.js$/;
/** What it may take to open an image, in bytes. */
const BUDGET = 400 << 10;

/** A page that gets the rest of the engine when `release` is called, or never. */
async function openHeld() {
  const page = await world.open();
  let release, isAsked;
  const released = new Promise((resolve) => (release = resolve));
  const asked = new Promise((resolve) => (isAsked = resolve));
  await page.route(REST, async (route) => {
    isAsked();
    if ((await released) === 'never') await route.abort();
    else await route.continue();
  });
  return { page, release, asked };
}

const give = (page, name) => page.setInputFiles('#open-files', filesOf(name));

test('to open a healthy image takes no more than the budget, and nothing else is loaded for it', async () => {
  const from = world.asked.length;
  const { page, asked, release } = await openHeld();
  await give(page, 'vhd-dynamic-gpt');
  await ready(page);
  await asked;
  assert.equal((await report(page)).verdict, 'sound');
  assert.ok(await page.isVisible('[data-verdict="sound"]'));
  const loaded = world.asked.slice(from).map((path) => path.replace('/some/where/', ''));
  const sizes = loaded.map((path) => gzipSync(readFileSync(join(dist, path || 'index.html'))).length);
  const sum = sizes.reduce((left, right) => left + right, 0);
  assert.ok(sum > 100_000, loaded.join());
  assert.ok(sum <= BUDGET, `${sum} bytes: ${loaded.join(', ')}`);
  assert.ok(!loaded.some((path) => REST.test(`/${path}`)), 'the rest is held back here');
  release();
  await page.context().close();
});

test('what is asked for before the rest is there is answered when it is', async () => {
  const { page, asked, release } = await openHeld();
  await give(page, 'vhd-dynamic-gpt');
  await ready(page);
  await asked;
  await view(page, 'map');
  await page.waitForTimeout(300);
  assert.equal(await page.evaluate(() => document.documentElement.dataset.state), 'ready');
  release();
  await page.waitForFunction(() => /allocated/i.test(document.querySelector('main').innerText));
  await view(page, 'overview');
  await page.click('[data-action="deep-check"]');
  await page.waitForFunction(() => document.documentElement.dataset.coverage === 'data');
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

for (const name of ['raw-luks', 'vhd-customer']) {
  test(`an image that takes the whole engine is opened again with it (${name})`, async () => {
    const { page, asked, release } = await openHeld();
    await give(page, name);
    await asked;
    await page.waitForTimeout(200);
    assert.equal(await page.evaluate(() => document.documentElement.dataset.state), 'reading');
    release();
    await ready(page);
    const expected = commandReport(...filesOf(name));
    assert.deepEqual(await report(page), expected);
    assert.ok(await page.isVisible(`[data-verdict="${expected.verdict}"]`));
    assert.deepEqual(page.errors, []);
    await page.context().close();
  });
}

test('where the rest cannot be loaded the report stays, and trying again helps', async () => {
  const { page, asked, release } = await openHeld();
  await give(page, 'vhd-dynamic-gpt');
  await ready(page);
  await asked;
  release('never');
  await page.click('[data-action="deep-check"]');
  await page.waitForSelector('text=a part of the program that could not be loaded');
  assert.equal(await page.evaluate(() => document.documentElement.dataset.state), 'ready');
  assert.equal((await report(page)).verdict, 'sound', 'what was found is still there');
  await page.unroute(REST);
  await page.click('[data-action="deep-check"]');
  await page.waitForFunction(() => document.documentElement.dataset.coverage === 'data');
  await page.context().close();
});

test('other files can be opened while the rest is on its way', async () => {
  const { page, asked, release } = await openHeld();
  await give(page, 'raw-luks');
  await asked;
  await give(page, 'vhd-dynamic-gpt');
  release();
  await page.waitForFunction(async () => (await window.diskglass.report())?.files.length === 2);
  await ready(page);
  assert.deepEqual(await report(page), commandReport(...filesOf('raw-luks'), ...filesOf('vhd-dynamic-gpt')));
  assert.deepEqual(page.errors, []);
  await page.context().close();
});
