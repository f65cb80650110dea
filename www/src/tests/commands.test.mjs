import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

// What the actions need of a browser before anything is done.
Object.assign(globalThis, { location: new URL('http://localhost/'), addEventListener() {} });
const { COMMANDS, LOCAL_KEYS, commandByKey, commandOf } = await load('commands.ts');
const { chordOf, keyCaps } = await load('ui/keyboard.ts');

test('every command has its own id and its own keys', () => {
  const ids = COMMANDS.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
  const keys = COMMANDS.flatMap(({ keys }) => keys);
  assert.equal(new Set(keys).size, keys.length);
  for (const command of COMMANDS) {
    assert.equal(commandOf(command.id), command);
    for (const key of command.keys) assert.equal(commandByKey(key), command);
  }
  assert.throws(() => commandOf('nothing'));
});

test('no key works everywhere and otherwise in a list', () => {
  for (const { keys } of LOCAL_KEYS) {
    for (const [chords] of keys)
      for (const chord of chords) assert.equal(commandByKey(chord), undefined, chord);
  }
});

test('what needs an open image is impossible without one', () => {
  const state = { phase: 'idle', files: [], report: undefined };
  const possible = COMMANDS.filter(({ isPossible }) => isPossible(state)).map(({ id }) => id);
  for (const id of ['search', 'show-keys', 'open-files', 'view-samples', 'view-learn', 'theme']) {
    assert.ok(possible.includes(id), id);
  }
  for (const id of ['close', 'deep-check', 'cancel', 'export-json', 'view-tables', 'read-again']) {
    assert.ok(!possible.includes(id), id);
  }
});

test('a key press is the chord that is declared', () => {
  const press = (key, held = {}) => ({
    key,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    ...held,
  });
  assert.equal(chordOf(press('k', { ctrlKey: true })), 'Mod+K');
  assert.equal(chordOf(press('?', { shiftKey: true })), '?');
  assert.equal(chordOf(press('ArrowLeft', { altKey: true })), 'Alt+ArrowLeft');
  assert.equal(chordOf(press('1')), '1');
  assert.equal(chordOf(press('1', { ctrlKey: true })), 'Mod+1');
  assert.equal(chordOf(press('Tab', { shiftKey: true })), 'Shift+Tab');
  assert.deepEqual(keyCaps('Mod+K'), ['Ctrl', 'K']);
  assert.deepEqual(keyCaps('+'), ['+']);
  assert.deepEqual(keyCaps('Alt+ArrowLeft'), ['Alt', '←']);
});
