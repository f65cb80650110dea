import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { load } from './load.mjs';

const { en } = await load('text/en/index.ts');
const { ja } = await load('text/ja/index.ts');

/** All words of a language by their keys: `status.promise`. */
function leaves(words, path = '') {
  return Object.entries(words).flatMap(([key, value]) =>
    typeof value === 'object' ? leaves(value, `${path}${key}.`) : [[path + key, value]],
  );
}

const english = new Map(leaves(en));
const japanese = new Map(leaves(ja));

/** What a function of words gives, markup and all, as text. */
function shown(value) {
  if (Array.isArray(value)) return value.map(shown).join('');
  if (value === null || typeof value !== 'object') return String(value);
  return value.strings.map((part, nth) => part + shown(value.values[nth] ?? '')).join('');
}

/** A function called with arguments that do for a number, a text and a list of texts: `[11]`, `[22]`, … */
function called(words, length) {
  return shown(words(...Array.from({ length }, (_, nth) => [(nth + 1) * 11])));
}

test('both languages have the same keys, of the same kind', () => {
  assert.deepEqual([...japanese.keys()].toSorted(), [...english.keys()].toSorted());
  for (const [key, value] of english) {
    assert.equal(typeof japanese.get(key), typeof value, key);
    assert.ok(japanese.get(key) !== '' || value === '', key);
  }
});

/** Words that are the same in both languages: names of formats and of files' own columns, and signs. */
const ALIKE = /^(hex\.offsetColumn|translate\.placeExample)$/;

test('no Japanese words are the English ones', () => {
  for (const [key, value] of english) {
    if (typeof value !== 'string' || !/[a-z]{3}/i.test(value)) continue;
    if (!ALIKE.test(key) && !NAMES.has(value)) assert.notEqual(japanese.get(key), value, key);
  }
});

/** Names that no language translates. */
const NAMES = new Set(['MBR', 'GPT', 'JSON', 'Markdown', 'HTML', 'NDJSON', 'CSV', 'GUID', 'UUID']);

/** Formulas of numbers and units, which have no words. */
const FORMULAS = /^(status\.(seconds|minutes|hours))$/;

test('what is Japanese has Japanese letters', () => {
  for (const [key, value] of japanese) {
    if (ALIKE.test(key) || FORMULAS.test(key)) continue;
    const words = typeof value === 'string' ? value : called(value, english.get(key).length);
    const original = typeof value === 'string' ? english.get(key) : called(english.get(key), value.length);
    if (!/[a-z]{3}/i.test(original.replace(/<[^>]*>/g, '')) || NAMES.has(original)) continue;
    // The name of the other language is in that language.
    if (key === 'header.language.name') continue;
    assert.match(words, /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u, `${key}: ${words}`);
  }
});

test('both languages show the same arguments', () => {
  for (const [key, value] of english) {
    if (typeof value !== 'function') continue;
    const numbers = (text) => [...new Set(text.match(/\b(11|22|33|44|55)\b/g))].toSorted();
    assert.deepEqual(
      numbers(called(japanese.get(key), value.length)),
      numbers(called(value, value.length)),
      `${key}: ${called(japanese.get(key), value.length)}`,
    );
  }
});

test('plurals are formed where the language has them', () => {
  assert.equal(en.overview.files(1), '1 file');
  assert.equal(en.overview.files(2), '2 files');
  assert.equal(en.overview.entries(1), '1 entry');
  assert.equal(en.overview.entries(1234), '1,234 entries');
  assert.equal(ja.overview.files(1), '1 個のファイル');
  assert.equal(ja.overview.files(1234), '1,234 個のファイル');
});

const root = fileURLToPath(new URL('..', import.meta.url));

/** Words in the sources that are no words of the page. */
const NO_WORDS = new Set(['diskglass', 'UUID']);

/** The sources whose words are in `text/`. */
function sources(folder = root) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ['text', 'generated', 'tests'].includes(entry.name) ? [] : sources(path);
    return entry.name.endsWith('.ts') && entry.name !== 'worker.ts' ? [path] : [];
  });
}

/** What readers see or hear of a template: its text and the attributes that are read out. */
function visible(markup) {
  const attributes = [...markup.matchAll(/\s(?:aria-label|title|placeholder|alt|label)="([^"]*)"/g)];
  const text = markup
    .replace(/<(code|pre|kbd|svg)\b[^]*?<\/\1>/g, ' ')
    .replace(/<[^<>]*>/g, '\n')
    .split(/[\n\0]/);
  return [...attributes.map(([, value]) => value), ...text]
    .map((words) => words.replaceAll('\0', '').trim())
    .filter((words) => /[a-z]{2}/i.test(words) && !NO_WORDS.has(words));
}

/** Words in a source that ought to be in `text/`. */
function leftovers(path) {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const found = [];
  const visit = (node) => {
    if (ts.isTaggedTemplateExpression(node) && node.tag.getText() === 'html') {
      const { template } = node;
      const markup = ts.isNoSubstitutionTemplateLiteral(template)
        ? template.text
        : [template.head.text, ...template.templateSpans.map(({ literal }) => literal.text)].join('\0');
      found.push(...visible(markup));
    } else if (
      (ts.isStringLiteral(node) ||
        ts.isNoSubstitutionTemplateLiteral(node) ||
        ts.isTemplateExpression(node)) &&
      // A sentence, or a label of several words.
      /^[A-Z][a-z]+,? [a-z“]/.test(node.getText().slice(1)) &&
      !ts.isNewExpression(node.parent)
    ) {
      found.push(node.getText());
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

test('no words of the page stand outside of its texts', () => {
  const found = sources().flatMap((path) =>
    leftovers(path).map((words) => `${relative(root, path)}: ${words}`),
  );
  assert.deepEqual(found, []);
});
