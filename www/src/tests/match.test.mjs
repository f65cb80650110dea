import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { matches, parseQuery, score } = await load('ui/match.ts');

const findable = (title, also = '', value = undefined, isFuzzy = false) => ({ title, also, value, isFuzzy });
const fit = (typed, ...what) => score(parseQuery(typed), findable(...what));

test('every word has to be there, wherever', () => {
  assert.ok(fit('footer check', 'checksum', 'footer at the end') > 0);
  assert.equal(fit('footer missing', 'checksum', 'footer at the end'), 0);
});

test('a title counts more than the rest, and a start more than the middle', () => {
  assert.ok(fit('check', 'checksum') > fit('sum', 'checksum'));
  assert.ok(fit('data', 'check the data') > fit('ata', 'check the data'));
  assert.ok(fit('sum', 'checksum') > fit('sum', 'cookie', 'sum'));
  assert.ok(fit('cookie', 'cookie') > fit('cookie', 'cookies'));
});

test('a whole value counts most: texts, numbers in any notation, UUIDs in any', () => {
  assert.equal(fit('conectix', 'cookie', '', 'conectix'), fit('0x1A2B', 'size', '', '6699'));
  assert.equal(fit('6,699', 'size', '', '6699'), fit('6699', 'size', '', '6699'));
  assert.equal(fit('0x1a2c', 'size', '', '6699'), 0);
  const uuid = '1f0c2a9e-5b7d-4c11-9a3e-2d6f8e40b752';
  assert.ok(fit(`{${uuid.toUpperCase()}}`, 'unique_id', '', uuid) > 50);
  assert.ok(fit(uuid.replaceAll('-', ''), 'unique_id', '', uuid) > 0);
  assert.ok(fit('767063', 'creator', '', '76 70 63 20') > 0);
  assert.equal(fit('18446744073709551615', 'data_offset', '', '18446744073709551615'), 60);
});

test('letters with gaps find only what is meant to be found so', () => {
  assert.ok(fit('ctd', 'check the data', '', undefined, true) > 0);
  assert.equal(fit('ctd', 'check the data'), 0);
  assert.equal(fit('dtc', 'check the data', '', undefined, true), 0);
});

test('the best come first, and equals in their order', () => {
  const all = ['a size', 'size', 'other', 'the size'].map((title) => ({ title, findable: findable(title) }));
  assert.deepEqual(
    matches(parseQuery('size'), all).map(({ title }) => title),
    ['size', 'a size', 'the size'],
  );
});

test('a hundred thousand fields are searched while a letter is typed', () => {
  const all = Array.from({ length: 100_000 }, (_, nth) => ({
    findable: findable(`field_${nth % 20}`, `footer ${nth}\n${nth * 512} bytes`, String(nth * 512)),
  }));
  const from = performance.now();
  assert.equal(matches(parseQuery('51199488'), all).length, 1);
  assert.ok(performance.now() - from < 1_000);
});
