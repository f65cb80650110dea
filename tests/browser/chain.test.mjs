/** The chain of images: how it is drawn, what joins it, and what becomes of it when files are added. */

import assert from 'node:assert/strict';
import { cpSync, mkdirSync } from 'node:fs';
import { test } from 'node:test';
import { basename, drop, isTooWide, join, pick, report, setUp, view, violations } from './harness.mjs';

const { world, filesOf } = setUp();

/** The chain as it is drawn: images and gaps, with the status of the link below each. */
function drawn(page) {
  return page.$$eval('.chain-graph > li', (items) =>
    items.map((item) => item.dataset.chainImage ?? item.dataset.linkStatus ?? `gap ${item.dataset.missing}`),
  );
}

test('a child and its parent are a chain whose link tells why it holds', async () => {
  const page = await world.open();
  const shown = await drop(page, filesOf('vhd-differencing'));
  await view(page, 'chain');
  assert.deepEqual(await drawn(page), ['vhd-differencing.vhd', 'matches', 'vhd-differencing-parent.vhd']);
  const [link] = shown.chain;
  const joint = page.locator('[data-link-status="matches"]');
  assert.match(await joint.textContent(), /parent matches/);
  assert.ok((await joint.textContent()).toLowerCase().includes(link.reason.toLowerCase()), link.reason);
  assert.ok((await page.textContent('.chain-graph')).includes(shown.image.id));
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

test('a link leads to what the child says of its parent, and back', async () => {
  const page = await world.open();
  await drop(page, filesOf('vhd-differencing'));
  await view(page, 'chain');
  await page.click('[data-claim="vhd.header"]');
  await page.waitForSelector('[data-field="parent_unique_id"][aria-selected="true"]');
  await page.goBack();
  await page.waitForSelector('[data-claim="vhd.locator@0"]');
  await page.click('[data-claim="vhd.locator@0"]');
  await page.waitForSelector('[data-structure="vhd.locator@0"][aria-selected="true"]');
  await page.context().close();
});

test('an image of the chain can be inspected in place of the other', async () => {
  const page = await world.open();
  await drop(page, filesOf('vhd-differencing'));
  await view(page, 'chain');
  await page.click('.station-name[data-image="vhd-differencing-parent.vhd"]');
  await page.waitForSelector('[data-chain-image="vhd-differencing-parent.vhd"][aria-current]');
  assert.equal((await report(page)).image.key, 'vhd-differencing-parent.vhd');
  assert.deepEqual(await drawn(page), ['vhd-differencing-parent.vhd'], 'it needs no parent');
  await page.click('.other-images [data-image="vhd-differencing.vhd"]');
  await page.waitForSelector('[data-chain-image="vhd-differencing.vhd"][aria-current]');
  assert.equal((await drawn(page)).length, 3);
  await page.context().close();
});

test('a missing parent is asked for by name, and found when it is dropped', async () => {
  const page = await world.open();
  const [parent, child] = ['vhd-differencing-parent.vhd', 'vhd-differencing.vhd'].map((name) =>
    filesOf('vhd-differencing').find((file) => basename(file) === name),
  );
  await drop(page, [child]);
  await view(page, 'chain');
  assert.deepEqual(await drawn(page), [basename(child), 'missing', `gap ${basename(parent)}`]);
  assert.match(await page.textContent('.gap'), /Drop vhd-differencing-parent\.vhd anywhere in this window/);
  assert.match(await page.textContent('[data-link-status="missing"]'), /parent is missing/);
  await drop(page, [parent]);
  await page.waitForSelector('[data-link-status="matches"]');
  assert.deepEqual(await drawn(page), [basename(child), 'matches', basename(parent)]);
  assert.equal(await page.locator('.gap').count(), 0);
  await page.context().close();
});

test('a missing extent is asked for, and found when it is dropped', async () => {
  const page = await world.open();
  const files = filesOf('vmdk-two-gb-flat');
  const lost = files.find((file) => file.endsWith('-f002.vmdk'));
  await pick(
    page,
    files.filter((file) => file !== lost),
  );
  await view(page, 'chain');
  const status = (name) => page.getAttribute(`[data-part="${basename(name)}"]`, 'data-part-status');
  assert.equal(await status(lost), 'missing');
  assert.match(await page.textContent('.parts-missing'), /Drop the missing part/);
  await drop(page, [lost]);
  await page.waitForSelector(`[data-part="${basename(lost)}"][data-part-status="found"]`);
  assert.equal(await page.locator('[data-part-status="found"]').count(), 3);
  assert.equal(await page.locator('.parts-missing').count(), 0);
  await page.click(`[data-part="${basename(lost)}"] button`);
  await page.waitForSelector('[data-hex]');
  assert.match(await page.evaluate(() => location.hash), /file=vmdk-two-gb-flat-f002\.vmdk/);
  await page.context().close();
});

test('a folder of snapshots is one chain', async () => {
  const page = await world.open();
  const folder = join(world.folder, 'snapshots');
  mkdirSync(folder);
  for (const file of filesOf('vmdk-snapshots')) cpSync(file, join(folder, basename(file)));
  const shown = await drop(page, [folder]);
  assert.ok(shown.chain.length > 2, `${shown.chain.length} links`);
  await view(page, 'chain');
  assert.deepEqual(
    await page.$$eval('[data-chain-image]', (items) => items.map((item) => item.dataset.chainImage)),
    shown.chain.map(({ key }) => key),
  );
  assert.equal(await page.locator('[data-link-status="matches"]').count(), shown.chain.length - 1);
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

test('where identities differ, both are shown', async () => {
  const page = await world.open();
  const shown = await pick(page, filesOf('vmdk-finding-chain-cid-mismatch'));
  const link = shown.chain.at(-1);
  const parent = link.candidates.find((candidate) => candidate.by_name && !candidate.by_id);
  assert.equal(link.status, 'mismatched');
  await view(page, 'chain');
  const identities = await page.textContent('[data-link-status="mismatched"] .identities');
  assert.ok(identities.includes(link.parent_id) && identities.includes(parent.id), identities);
  const finding = page.locator('.chain-side [data-finding]').first();
  await finding.locator('.finding-title').click();
  await page.waitForFunction(() => location.hash.includes('view=findings'));
  await page.context().close();
});

test('where several files could be the parent, all of them are listed', async () => {
  const page = await world.open();
  const shown = await pick(page, filesOf('vhd-finding-chain-parent-ambiguous'));
  const link = shown.chain.at(-1);
  assert.equal(link.status, 'ambiguous');
  await view(page, 'chain');
  assert.deepEqual(
    await page.$$eval('[data-candidate]', (rows) => rows.map((row) => row.dataset.candidate)),
    link.candidates.map(({ file }) => file),
  );
  assert.match(await page.textContent('.gap'), /not settled/);
  await page.context().close();
});

for (const colorScheme of ['light', 'dark']) {
  test(`the chain is accessible and fits a telephone (${colorScheme})`, async () => {
    const page = await world.open({ colorScheme, viewport: { width: 390, height: 844 } });
    for (const name of ['vhd-differencing', 'vmdk-two-gb-flat', 'vmdk-finding-chain-cid-mismatch']) {
      await page.goto(`${world.url}?sample=${name}#view=chain`);
      await page.waitForSelector('.chain-graph');
      assert.equal(await isTooWide(page), false, name);
      assert.deepEqual(await violations(page), [], name);
    }
    await page.context().close();
  });
}
