import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { decode, encode } = await load('address.ts');

test('an address survives the way through the address bar', () => {
  for (const address of [
    { view: 'overview' },
    {
      view: 'structures',
      file: 'a b/ü&=#.vhd',
      offset: 2 ** 53 - 1,
      length: 4,
      structure: 'vhd.footer@end',
      field: 'cookie',
    },
    { view: 'tables', table: 'vhd.bat', row: 0 },
    { view: 'partitions', partition: 5 },
    { view: 'findings', finding: 'vhd.footer.checksum' },
  ]) {
    assert.deepEqual(decode(`#${encode(address)}`), address);
  }
});

test('what makes no sense is left out', () => {
  assert.deepEqual(decode(''), { view: 'overview' });
  assert.deepEqual(decode('#view=nonsense&offset=-1&row=1.5&length=1e3&file='), { view: 'overview' });
  assert.deepEqual(decode('#view=tables&offset=9007199254740993'), { view: 'tables' });
});

test('offsets may be written in hexadecimal', () => {
  assert.equal(decode('#view=structures&offset=0x200').offset, 512);
});
