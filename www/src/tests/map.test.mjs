import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { Chart, USES, baseCell, cellOf, cellRange, gridOf, moved, zoomed } = await load('ui/map-model.ts');
const { Charts } = await load('ui/map-charts.ts');
const { layout } = await load('ui/map-canvas.ts');

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));
const TIB = 2 ** 40;
const DATA = USES.indexOf('data');

test('cells are whole sectors, whole units where those are larger, and cover everything', () => {
  for (const [size, unit] of [
    [359, 0],
    [16 << 20, 512 << 10],
    [2 * TIB, 65536],
    [2040 * 2 ** 30, 2 << 20],
    [2 * TIB - 512, 65536],
  ]) {
    const base = baseCell(size, unit);
    assert.equal(base % 512, 0);
    for (const view of [
      { from: 0, to: size },
      { from: Math.floor(size / 3), to: Math.floor(size / 2) },
      { from: size - 1, to: size },
    ]) {
      const grid = gridOf(view, size, unit, 100, 60);
      assert.equal(grid.cell % 512, 0);
      assert.ok(grid.cell <= unit || unit === 0 || grid.cell % unit === 0 || base % unit !== 0);
      if (grid.cell >= base) assert.equal(grid.cell % base, 0, 'sums of the whole are exact');
      assert.ok(grid.count <= 6000 && grid.count > 0);
      assert.ok(grid.from <= view.from && grid.to >= Math.min(view.to, size));
      const last = cellRange(grid, grid.count - 1);
      assert.ok(last.to === grid.to && last.from < last.to, JSON.stringify(grid));
      assert.equal(cellOf(grid, grid.from), 0);
      assert.equal(cellOf(grid, last.to - 1), grid.count - 1);
      assert.equal(cellOf(grid, grid.from - 1), undefined);
    }
  }
});

test('zooming keeps the place under the pointer, and nothing leaves the disk', () => {
  const whole = { from: 0, to: TIB };
  const near = zoomed(whole, TIB, 1 / 4, TIB / 2);
  assert.equal(near.to - near.from, TIB / 4);
  assert.ok(Math.abs(near.from + (near.to - near.from) / 2 - TIB / 2) < 1024);
  assert.deepEqual(zoomed(near, TIB, 8, TIB / 2), whole);
  let view = whole;
  for (let step = 0; step < 60; step++) view = zoomed(view, TIB, 0.5, TIB - 1);
  assert.equal(view.to, TIB);
  assert.ok(view.to - view.from >= 512 * 64 && view.to - view.from <= 512 * 65);
  assert.deepEqual(moved(view, TIB, TIB), view);
  assert.equal(moved(view, TIB, -TIB).from, 0);
});

test('what is used for what is added up, and a cut last cell counts whole', () => {
  const chart = new Chart({ from: 0, to: 1200 }, 512);
  assert.deepEqual([chart.count, chart.to], [3, 1536]);
  const amounts = new Float64Array(3 * USES.length);
  amounts[DATA] = 512;
  amounts[USES.length + DATA] = 100;
  amounts[2 * USES.length + DATA] = 176;
  chart.add({ amounts, guests: new Float64Array([0, 512, 0, 0, 9000, 9512]), next: null });
  const sum = (from, to) => {
    const into = new Float64Array(USES.length);
    chart.sum({ from, to }, into);
    return into[DATA];
  };
  assert.equal(sum(0, 1200), 788);
  assert.equal(sum(1024, 1200), 176);
  assert.equal(sum(256, 512), 256);
  assert.deepEqual(chart.guestsOf({ from: 0, to: 1200 }), { from: 0, to: 9512 });
  assert.deepEqual(chart.guestsOf({ from: 1024, to: 1200 }), { from: 9000, to: 9512 });
  assert.equal(chart.guestsOf({ from: 512, to: 1024 }), undefined);
});

test('the chart of the whole is made in steps; a close-up asks only for what may be in it', async () => {
  const asked = [];
  const disk = 64 << 20;
  const ask = async (step) => {
    asked.push(step);
    const guests = new Float64Array(step.cells * 2);
    guests[0] = 1000;
    guests[1] = 2000;
    const middle = 32 << 20;
    return {
      amounts: new Float64Array(step.cells * USES.length),
      guests,
      next: step.through < middle && step.end > middle ? middle : null,
    };
  };
  const charts = new Charts({ file: 'a', size: disk, unit: 65536, disk }, ask, () => undefined);
  await settled();
  assert.ok(charts.base.isWhole);
  assert.deepEqual(
    asked.map(({ through, end }) => [through, end]),
    [
      [0, disk],
      [32 << 20, disk],
    ],
  );
  asked.length = 0;
  charts.want({ from: 0, to: 4096 }, 512);
  await settled();
  assert.deepEqual(
    asked.map(({ from, to, cells, through, end }) => [from, to, cells, through, end]),
    [
      [0, 4096, 8, 0, 0],
      [0, 4096, 8, 1000, 2000],
    ],
  );
  assert.notEqual(charts.chart({ from: 0, to: 4096 }, 512), charts.base);
  assert.equal(charts.chart({ from: 0, to: disk }, 4096), charts.base);
});

test('cells grow until they fill the field', () => {
  assert.deepEqual(layout(Infinity, 900, 600), { pitch: 9, columns: 100, rows: 66 });
  const few = layout(100, 900, 600);
  assert.ok(few.pitch === 28 && few.columns * few.rows >= 100);
  const some = layout(2000, 900, 600);
  assert.ok(some.columns * some.rows >= 2000 && some.pitch > 9 && some.pitch < 28);
});
