import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { layOut } = await load('views/disk-layout.ts');

const entry = (index, first_sector, sector_count, role = 'partition', parent = null) => ({
  index,
  first_sector,
  sector_count,
  role,
  parent,
});
const report = (sectors, entries, metadata = []) => ({
  image: { virtual_size_bytes: sectors * 512 },
  partitions: { sector_bytes: 512, entries, metadata },
  structures: [{ key: 'mbr@0', title: 'Master boot record' }],
});
const metadata = (structure, first_sector, sector_count) => ({ structure, first_sector, sector_count });
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

test('what the table takes is no gap; what lies in a partition belongs to that', () => {
  const layout = layOut(
    report(1000, [entry(1, 100, 900)], [metadata('mbr@0', 0, 1), metadata('bsd.label@1', 101, 1)]),
  );
  assert.deepEqual(layout.metadata, [
    { first: 0, count: 1, structure: 'mbr@0', title: 'Master boot record' },
  ]);
  assert.deepEqual(layout.gaps, [{ first: 1, count: 99 }]);
});

test('rows are in the order of the disk, nested, with gaps that end where a container does', () => {
  const entries = [
    entry(1, 600, 300),
    entry(2, 100, 450, 'container'),
    entry(5, 200, 100, 'container', 2),
    entry(6, 200, 50, 'partition', 5),
  ];
  const { rows } = layOut(report(1000, entries, [metadata('mbr@0', 0, 1), metadata('mbr.ebr@1', 100, 1)]));
  assert.deepEqual(
    rows.map((row) => `${row.depth}: ${row.entry?.index ?? row.structure ?? `${row.first}+${row.count}`}`),
    [
      '0: mbr@0',
      '0: 1+99',
      '0: 2',
      '1: mbr.ebr@1',
      '1: 101+99',
      '1: 5',
      '2: 6',
      '2: 250+50',
      '1: 300+250',
      '0: 550+50',
      '0: 1',
      '0: 900+100',
    ],
  );
});

test('an entry for the whole disk beside others holds nothing', () => {
  const { rows, gaps } = layOut(report(1000, [entry(3, 0, 1000, 'container'), entry(1, 0, 400)]));
  assert.deepEqual(gaps, [{ first: 400, count: 600 }]);
  assert.ok(rows.every(({ depth }) => depth === 0));
});
