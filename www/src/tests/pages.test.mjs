import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { load } from './load.mjs';

const { Pages } = await load('ui/pages.ts');

/** Pages whose answers the test gives by hand. */
function byHand() {
  const asked = new Map();
  let arrived = 0;
  const pages = new Pages(
    (page) => new Promise((resolve, reject) => asked.set(page, { resolve, reject })),
    () => arrived++,
  );
  return { pages, asked, arrivals: () => arrived };
}

test('a page is fetched once and kept', async () => {
  const { pages, asked, arrivals } = byHand();
  pages.want([3]);
  pages.want([3]);
  assert.deepEqual([...asked.keys()], [3]);
  assert.equal(pages.get(3), undefined);
  asked.get(3).resolve('three');
  await turn();
  assert.equal(pages.get(3), 'three');
  assert.equal(arrivals(), 1);
});

test('what nobody looks at any more is not fetched', async () => {
  const { pages, asked } = byHand();
  pages.want([1, 2, 3, 4]);
  assert.deepEqual([...asked.keys()], [1, 2], 'two at a time');
  pages.want([100]);
  asked.get(1).resolve('one');
  await turn();
  assert.deepEqual([...asked.keys()], [1, 2, 100]);
});

test('a page that cannot be fetched says why, and the others go on', async () => {
  const { pages, asked } = byHand();
  pages.want([1, 2, 3]);
  asked.get(1).reject(new Error('gone'));
  await turn();
  assert.match(pages.get(1).message, /gone/);
  assert.ok(asked.has(3));
});

test('only so many pages are kept, those used last', async () => {
  const pages = new Pages(
    async (page) => page,
    () => undefined,
  );
  pages.want([0]);
  await turn();
  for (let page = 1; page <= Pages.MOST_KEPT; page++) {
    pages.get(0);
    pages.want([page]);
    await turn();
  }
  assert.equal(pages.get(0), 0);
  assert.equal(pages.get(1), undefined);
  assert.equal(pages.get(Pages.MOST_KEPT), Pages.MOST_KEPT);
});
