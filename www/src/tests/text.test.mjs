import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { baseName, count, date, decimalSize, digits, percent, sentence, size } = await load('ui/format.ts');
const { parseBytes, parsePlace } = await load('ui/offset.ts');
const { duration, paceWords } = await load('ui/pace.ts');
const { StructureMap, runs, asciiText } = await load('ui/hex-runs.ts');
const { visibleLines } = await load('ui/tree.ts');

test('sizes read well and are never rounded up', () => {
  assert.equal(size(0), '0 bytes');
  assert.equal(size(1), '1 byte');
  assert.equal(size(1023), '1,023 bytes');
  assert.equal(size(1536), '1.5 KiB');
  assert.equal(size(2 ** 20 - 1), '1,023.99 KiB');
  assert.equal(size(136_365_211_648), '127 GiB');
  assert.equal(decimalSize(136_365_211_648), '136.36 GB');
  assert.equal(size(2 ** 53), '8 PiB');
});

test('numbers, shares and dates', () => {
  assert.equal(digits(1234567), '1,234,567');
  assert.equal(count(1, 'entry', 'entries'), '1 entry');
  assert.equal(count(0, 'file'), '0 files');
  assert.equal(percent(1, 1_000_000), '< 0.1 %');
  assert.equal(percent(999_999, 1_000_000), '> 99.9 %');
  assert.equal(percent(1, 3), '33.3 %');
  assert.equal(percent(0, 0), '0 %');
  assert.equal(date('2008-05-02T10:11:12Z'), '2 May 2008, 10:11 UTC');
  assert.equal(date('2008-05-02T10:11:12'), '2 May 2008, 10:11', 'a time without a zone stays without');
  assert.equal(date('no date'), 'no date');
  assert.equal(baseName('C:\\vm\\base.vhd'), 'base.vhd');
  assert.equal(sentence('entry 5 is 7'), 'Entry 5 is 7.');
  assert.equal(sentence('base-1.vhd has it.'), 'base-1.vhd has it.');
});

test('offsets can be typed in many ways', () => {
  const at = (text) => parsePlace(text, { what: 'the file', size: 1e6 }).bytes;
  assert.equal(at('512'), 512);
  assert.equal(at(' 0x200 '), 512);
  assert.equal(at('0x20b'), 0x20b);
  assert.equal(at('1,024'), 1024);
  assert.equal(at('63 s'), 63 * 512);
  assert.equal(at('sector 63'), 63 * 512);
  assert.equal(at('sector 0x3f'), 63 * 512);
  assert.equal(at('0x10 b'), 16, 'a unit is no digit');
  assert.equal(at('1 024'), 1024);
  assert.equal(at('1.5 KiB'), 1536);
  assert.equal(parseBytes('sector 6', 4096).bytes, 6 * 4096);
  assert.equal(at('-512'), 1e6 - 512);
  for (const wrong of [
    '',
    'x',
    '0x',
    '1e3',
    '1 parsec',
    '0.3',
    '1000000',
    '-1000001',
    '99999999999999999999',
  ]) {
    assert.equal(at(wrong), undefined, wrong);
  }
});

test('what cannot be an offset is told in words', () => {
  const wrong = (text) => parsePlace(text, { what: 'the disk', size: 1e6 }).wrong;
  assert.match(wrong(''), /Type a number/);
  assert.match(wrong('1 parsec'), /“parsec” is no unit/);
  assert.match(wrong('0.3'), /not a whole number/);
  assert.match(wrong('1e9'), /no unit|no number/);
  assert.match(wrong('1 GiB'), /past the end of the disk, which has 1,000,000 bytes/);
  assert.match(wrong('-1 GiB'), /before the start of the disk/);
  assert.match(wrong('9e15 TiB'), /no number/);
  assert.match(wrong('99999999999999999999'), /larger than any disk/);
});

test('a long job says how fast it goes once that can be told', () => {
  assert.equal(paceWords({ done: 2 ** 20, total: 2 ** 30 }, 100), '1 MiB of 1 GiB');
  assert.equal(paceWords({ done: 2 ** 29, total: 2 ** 30 }, 2000), '512 MiB of 1 GiB · 256 MiB/s · 2 s left');
  assert.equal(duration(0), '1 s');
  assert.equal(duration(59.2), '1 min');
  assert.equal(duration(150), '2 min 30 s');
  assert.equal(duration(3600 * 3 + 290), '3 h 5 min');
});

const field = (name, offset, length) => ({ name, offset, length });
const structure = { key: 'outer', offset: 8, length: 16, fields: [field('a', 0, 4), field('b', 4, 12)] };
const shape = (line) =>
  line.map(({ start, end, structure, field, marked }) => [start, end, structure?.key, field, marked]);

test('a line of bytes is cut where its meaning changes', () => {
  const known = new StructureMap([structure]);
  assert.deepEqual(shape(runs(0, 16, known, { offset: 12, length: 2 })), [
    [0, 8, undefined, undefined, false],
    [8, 12, 'outer', 0, false],
    [12, 14, 'outer', 1, true],
    [14, 16, 'outer', 1, false],
  ]);
  assert.deepEqual(shape(runs(16, 16, known)), [
    [0, 8, 'outer', 1, false],
    [8, 16, undefined, undefined, false],
  ]);
  assert.deepEqual(shape(runs(0, 4, new StructureMap([]))), [[0, 4, undefined, undefined, false]]);
});

test('the innermost structure colours its bytes', () => {
  const inner = { key: 'inner', offset: 12, length: 4, fields: [] };
  const known = new StructureMap([
    inner,
    structure,
    { key: 'nowhere', offset: null, length: null, fields: [] },
  ]);
  assert.deepEqual(shape(runs(8, 12, known)), [
    [0, 4, 'outer', 0, false],
    [4, 8, 'inner', undefined, false],
    [8, 12, 'outer', 1, false],
  ]);
  const keys = (from, to) => known.between(from, to).map(({ key }) => key);
  assert.deepEqual(keys(0, 8), []);
  assert.deepEqual(keys(16, 17), ['outer']);
  assert.deepEqual(keys(15, 17), ['inner', 'outer']);
  assert.deepEqual(keys(24, 99), []);
});

test('bytes that cannot be printed are dots', () => {
  assert.equal(asciiText(new Uint8Array([0, 0x41, 0x7e, 0x7f, 0xff])), '·A~··');
});

test('a tree has the lines that are open', () => {
  const node = (key, parent = null) => ({ key, parent });
  const nodes = [node('a'), node('a1', 'a'), node('a11', 'a1'), node('b'), node('lost', 'nowhere')];
  const lines = (closed) =>
    visibleLines(nodes, new Set(closed)).map(({ node, level, hasChildren }) => [
      node.key,
      level,
      hasChildren,
    ]);
  assert.deepEqual(lines([]), [
    ['a', 1, true],
    ['a1', 2, true],
    ['a11', 3, false],
    ['b', 1, false],
    ['lost', 1, false],
  ]);
  assert.deepEqual(lines(['a']), [
    ['a', 1, true],
    ['b', 1, false],
    ['lost', 1, false],
  ]);
});

test('nodes that are their own ancestors do not hang the tree', () => {
  const nodes = [
    { key: 'x', parent: 'y' },
    { key: 'y', parent: 'x' },
    { key: 'z', parent: 'z' },
  ];
  assert.deepEqual(
    visibleLines(nodes, new Set()).map(({ node }) => node.key),
    ['z'],
  );
});

const { missing, statement } = await load('views/statement.ts');

const report = (change) => ({
  coverage: 'tables',
  verdict: 'sound',
  files: [{ name: 'a.vhd', size: 512, role: 'image' }],
  images: [],
  image: {
    key: 'a.vhd',
    format: 'vhd',
    variant: 'dynamic',
    virtual_size_bytes: 136_365_211_648,
    producer: 'Somebody',
    created_utc: null,
    extents: [],
    parent: null,
  },
  chain: [],
  partitions: null,
  findings: [],
  ...change,
});

test('the answer comes in words', () => {
  const { title, about, verdict, next } = statement(report({}));
  assert.equal(title, '127 GiB VHD disk, dynamic');
  assert.deepEqual(about, ['Written by Somebody.']);
  assert.match(verdict, /whole/);
  assert.equal(next, undefined);
  assert.doesNotMatch(
    statement(report({ coverage: 'headers' })).verdict,
    /whole/,
    'not before the tables were read',
  );
});

test('what is missing is asked for by name', () => {
  const { image } = report({});
  const parent = { id: null, names: ['C:\\vm\\base.vhd', 'base.vhd'], file: null, status: 'missing' };
  const child = report({ verdict: 'incomplete', image: { ...image, parent } });
  assert.deepEqual(missing(child), ['C:\\vm\\base.vhd']);
  assert.match(statement(child).next.words, /Drop base\.vhd here too/);
});

test('damage says what to do', () => {
  const findings = [
    { severity: 'error', remedy: 'Copy it.' },
    { severity: 'warning', remedy: 'Never mind.' },
  ];
  const { verdict, next } = statement(report({ verdict: 'damaged', findings }));
  assert.match(verdict, /1 error, and 1 warning/);
  assert.deepEqual(next, { words: 'Copy it.', isReaders: true });
});

test('what is no image says so', () => {
  const { title, next } = statement(
    report({ image: null, verdict: 'unrecognised', findings: [{ remedy: 'Look.' }] }),
  );
  assert.match(title, /^Not a disk image/);
  assert.deepEqual(next, { words: 'Look.', isReaders: true });
});
