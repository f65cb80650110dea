import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { groupFindings, severitiesOf, shownFindings, withSeverity } = await load('views/finding-groups.ts');

const FINDINGS = [
  {
    id: 'vhd.footer.checksum',
    severity: 'error',
    layer: 'image',
    title: 'Sum',
    detail: 'wrong',
    remedy: 'mend',
  },
  {
    id: 'gpt.backup',
    severity: 'warning',
    layer: 'partition',
    title: 'Backup',
    detail: 'gone',
    remedy: 'mend',
  },
  {
    id: 'chain.parent',
    severity: 'error',
    layer: 'chain',
    title: 'Parent',
    detail: 'gone',
    remedy: 'find it',
  },
  { id: 'vhd.size', severity: 'info', layer: 'image', title: 'Size', detail: 'odd', remedy: 'nothing' },
];
const shown = (at) => shownFindings(FINDINGS, at).map(({ id }) => id);

test('severities are toggled, and none is the same as all', () => {
  assert.deepEqual(severitiesOf(undefined), []);
  assert.deepEqual(severitiesOf('info,nonsense,error'), ['error', 'info']);
  assert.equal(withSeverity(undefined, 'warning'), 'warning');
  assert.equal(withSeverity('warning', 'error'), 'error,warning');
  assert.equal(withSeverity('error,warning', 'error'), 'warning');
  assert.equal(withSeverity('warning', 'warning'), undefined);
});

test('findings are shown by severity and by words, and always the one that is looked at', () => {
  assert.equal(shown({}).length, FINDINGS.length);
  assert.deepEqual(shown({ only: 'error' }), ['vhd.footer.checksum', 'chain.parent']);
  assert.deepEqual(shown({ seek: 'GONE mend' }), ['gpt.backup']);
  assert.deepEqual(shown({ only: 'error', seek: 'gone' }), ['chain.parent']);
  assert.deepEqual(shown({ only: 'info', finding: 'gpt.backup' }), ['gpt.backup', 'vhd.size']);
});

test('findings about the same are together, the worst first', () => {
  const groups = groupFindings([...FINDINGS].reverse());
  assert.deepEqual(
    groups.map(({ layer, findings }) => [layer, findings.map(({ severity }) => severity)]),
    [
      ['chain', ['error']],
      ['image', ['error', 'info']],
      ['partition', ['warning']],
    ],
  );
});
