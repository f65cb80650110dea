import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { layOut } = await load('views/disk-layout.ts');

const entry = (index, first_sector, sector_count, role = 'partition') => ({
  index,
  first_sector,
  sector_count,
  role,
});
const report = (sectors, entries) => ({
  image: { virtual_size_bytes: sectors * 512 },
  partitions: { sector_bytes: 512, entries },
});
const indexes = (list) => list.map((part) => part.entry.index);

test('what no partition takes is a gap', () => {
  const layout = layOut(report(1000, [entry(2, 500, 100), entry(1, 100, 300)]));
  assert.equal(layout.total, 1000);
  assert.deepEqual(indexes(layout.partitions), [1, 2], 'in the order of the disk');
  assert.deepEqual(layout.gaps, [
    { first: 0, count: 100 },
    { first: 400, count: 100 },
    { first: 600, count: 400 },
  ]);
  assert.deepEqual(layout.overlaps, []);
  assert.equal(layout.beyond, undefined);
});

test('what several partitions take is an overlap', () => {
  const layout = layOut(report(1000, [entry(1, 0, 600), entry(2, 500, 500), entry(3, 550, 10)]));
  assert.deepEqual(layout.overlaps, [
    { first: 500, count: 100 },
    { first: 550, count: 10 },
  ]);
  assert.deepEqual(layout.gaps, []);
});

test('what lies beyond the disk is marked, and no gap', () => {
  const layout = layOut(report(1000, [entry(1, 100, 1400)]));
  assert.equal(layout.total, 1500);
  assert.deepEqual(layout.beyond, { first: 1000, count: 500 });
  assert.deepEqual(layout.gaps, [{ first: 0, count: 100 }]);
});

test('a container overlaps what it holds by right', () => {
  const layout = layOut(report(1000, [entry(4, 100, 800, 'container'), entry(5, 200, 100)]));
  assert.deepEqual(indexes(layout.containers), [4]);
  assert.deepEqual(indexes(layout.partitions), [5]);
  assert.deepEqual(layout.overlaps, []);
});

test('an empty table is one gap', () => {
  assert.deepEqual(layOut(report(1000, [])).gaps, [{ first: 0, count: 1000 }]);
});

test('rows are in the order of the disk, what holds others first, gaps between', () => {
  const { rows } = layOut(
    report(1000, [entry(1, 600, 400), entry(2, 100, 500, 'container'), entry(5, 100, 200)]),
  );
  assert.deepEqual(
    rows.map((row) => row.entry?.index ?? `${row.first}+${row.count}`),
    ['0+100', 2, 5, '300+300', 1],
  );
});
