import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { RowCensus } = await load('ui/row-filter.ts');

const GROUP = 8;
/** Of 30 rows every third is allocated, row 20 is invalid, and all of the second group is nothing. */
const stateOf = (row) =>
  row === 20 ? 'invalid' : row % 3 === 0 && (row < GROUP || row >= 2 * GROUP) ? 'allocated' : 'unallocated';
const ROWS = Array.from({ length: 30 }, (_, row) => row);

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

/** A census of those rows that hears of what is asked. */
function make(asked = []) {
  const inGroup = (group) => ROWS.slice(group * GROUP, (group + 1) * GROUP);
  return new RowCensus(
    {
      async census(group) {
        const counts = {};
        for (const row of inGroup(group)) counts[stateOf(row)] = (counts[stateOf(row)] ?? 0) + 1;
        return { group_rows: GROUP, groups: [counts], next: group < 3 ? group + 1 : null };
      },
      async matching(group, states) {
        asked.push(group);
        return Uint32Array.from(
          inGroup(group).filter((row) => states.includes(stateOf(row))),
          (row) => row - group * GROUP,
        );
      },
    },
    () => undefined,
  );
}

test('the rows in a state are a list of their own', async () => {
  const asked = [];
  const census = make(asked);
  await settled();
  assert.ok(census.isWhole);
  for (const states of [['allocated'], ['invalid'], ['allocated', 'invalid'], ['unallocated']]) {
    const filter = census.filter(states);
    const wanted = ROWS.filter((row) => states.includes(stateOf(row)));
    assert.equal(filter.count, wanted.length);
    filter.want(0, wanted.length);
    await settled();
    await settled();
    assert.deepEqual(
      wanted.map((_, nth) => filter.row(nth)),
      wanted,
    );
    assert.deepEqual(
      wanted.map((row) => filter.nth(row)),
      wanted.map((_, nth) => nth),
    );
  }
  assert.equal(census.filter(['zero']).count, 0);
});

test('groups without a match are not asked for', async () => {
  const asked = [];
  const census = make(asked);
  await settled();
  const filter = census.filter(['allocated']);
  filter.want(0, filter.count);
  await settled();
  assert.deepEqual(asked.toSorted(), [0, 2, 3]);
  // A row that is none of them has the place of the next one.
  assert.equal(filter.nth(4), 2);
});
