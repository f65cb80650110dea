import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { Scale, TALLEST } = await load('ui/scale.ts');

const ROW = 24;
const VIEWPORT = 600;

test('a list that fits scrolls as any element does', () => {
  const scale = new Scale(1000 * ROW, VIEWPORT);
  assert.equal(scale.height, 1000 * ROW);
  assert.equal(scale.scrolled(0, 5000), 5000);
  assert.equal(scale.top, 5000);
  assert.equal(scale.goTo(1e9), 1000 * ROW - VIEWPORT, 'no further than the end');
  assert.equal(scale.goTo(-5), 0);
});

for (const rows of [1_000_000, 33_554_432, 1e12]) {
  const total = rows * ROW;

  test(`${rows} rows: the element stays as low as browsers need it`, () => {
    assert.equal(new Scale(total, VIEWPORT).height, TALLEST);
  });

  test(`${rows} rows: both ends can be reached`, () => {
    const scale = new Scale(total, VIEWPORT);
    assert.equal(scale.goTo(total), TALLEST - VIEWPORT);
    assert.equal(scale.top, total - VIEWPORT);
    assert.equal(scale.goTo(0), 0);
    // The thumb dragged to the lower end.
    scale.scrolled(0, TALLEST - VIEWPORT);
    assert.equal(scale.top, total - VIEWPORT);
  });

  test(`${rows} rows: any row can be gone to, exactly`, () => {
    const scale = new Scale(total, VIEWPORT);
    for (const share of [0.1, 0.25, 0.5, 0.75, 0.999]) {
      const top = Math.floor(rows * share) * ROW;
      const bar = scale.goTo(top);
      assert.equal(scale.top, top);
      assert.ok(bar >= 0 && bar <= TALLEST - VIEWPORT, `the bar at ${bar}`);
    }
  });

  test(`${rows} rows: a step of the wheel moves the rows by just that much, everywhere`, () => {
    const scale = new Scale(total, VIEWPORT);
    let bar = scale.goTo(total / 2);
    let { top } = scale;
    // Far enough to turn several pages of the bar.
    for (let step = 0; step < 10_000; step++) {
      bar = scale.scrolled(bar, bar + 100);
      assert.equal(scale.top, top + 100);
      ({ top } = scale);
      assert.ok(bar >= 0 && bar <= TALLEST - VIEWPORT);
    }
  });

  test(`${rows} rows: a dragged thumb goes to the proportional place`, () => {
    const scale = new Scale(total, VIEWPORT);
    const half = (TALLEST - VIEWPORT) / 2;
    assert.equal(scale.scrolled(0, half), half);
    assert.ok(Math.abs(scale.top / total - 0.5) < 0.01, `at ${scale.top / total}`);
  });
}
