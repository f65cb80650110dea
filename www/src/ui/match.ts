/** Matching of typed words: quick enough to look at every field of an image with every letter that is typed. */

/** What can be found. All texts are in lower case. */
export interface Findable {
  /** What is read first, and counts most. */
  title: string;
  /** What else it is found by. */
  also: string;
  /** A value of which the whole may be typed: a number in decimal, a UUID, a text. */
  value?: string;
  /** Whether letters with gaps between them find it too: `xjs` finds `export json`. */
  isFuzzy?: boolean;
}

/** What was typed, taken apart. */
export interface Query {
  text: string;
  words: string[];
  /** The number that it is, in decimal. */
  number: string | undefined;
  /** The hexadecimal digits that it is, however they were set apart. */
  digits: string | undefined;
}

/** Digits from which on a run of them is looked for within bytes and UUIDs. */
const FEWEST_DIGITS = 6;

/** Takes apart what was typed. Braces and quotation marks around it do not matter. */
export function parseQuery(typed: string): Query {
  const text = typed
    .toLowerCase()
    .replace(/[{}"“”„«»]/g, '')
    .trim();
  const number = text.replace(/(?<=\d)[,_](?=\d)/g, '');
  const digits = text.replace(/^0x|[\s-]/g, '');
  return {
    text,
    words: text.split(/\s+/).filter((word) => word !== ''),
    number: /^(\d+|0x[\da-f]+)$/.test(number) ? BigInt(number).toString() : undefined,
    digits: digits.length >= FEWEST_DIGITS && /^[\da-f]+$/.test(digits) ? digits : undefined,
  };
}

/** How well something fits; 0 where it does not. Every word has to be in it. */
export function score(query: Query, { title, also, value, isFuzzy }: Findable): number {
  const { text, words, number, digits } = query;
  if (value !== undefined && value !== '') {
    if (value === text || value === number) return 60;
    if (digits !== undefined && value.replace(/[\s-]/g, '').startsWith(digits)) return 40;
  }
  if (title === text) return 50;
  let sum = 0;
  for (const word of words) {
    const found = wordScore(word, title, also) || (isFuzzy && hasLetters(word, title) ? 1 : 0);
    if (found === 0) return 0;
    sum += found;
  }
  return sum / Math.max(1, words.length);
}

function wordScore(word: string, title: string, also: string): number {
  const inTitle = title.indexOf(word);
  if (inTitle === 0) return 20;
  if (inTitle > 0) return isWordStart(title, inTitle) ? 14 : 8;
  const inRest = also.indexOf(word);
  if (inRest >= 0) return isWordStart(also, inRest) ? 5 : 3;
  return 0;
}

function isWordStart(text: string, at: number): boolean {
  return at === 0 || !/[\p{L}\p{N}]/u.test(text.charAt(at - 1));
}

/** Whether all letters of a word come in this order, the first of them at the start of a word. */
function hasLetters(word: string, text: string): boolean {
  const [first = '', ...rest] = word;
  for (let start = text.indexOf(first); start >= 0; start = text.indexOf(first, start + 1)) {
    if (!isWordStart(text, start)) continue;
    let at = start;
    if (rest.every((letter) => (at = text.indexOf(letter, at + 1)) >= 0)) return true;
  }
  return false;
}

/** Whether all words that were typed occur in some texts, in whatever order and case. */
export function hasWords(typed: string, texts: readonly string[]): boolean {
  const all = texts.join('\n').toLowerCase();
  return parseQuery(typed).words.every((word) => all.includes(word));
}

/** All that fits, best first; what fits equally well keeps its order. */
export function matches<T extends { findable: Findable }>(query: Query, all: readonly T[]): T[] {
  const found: { item: T; fit: number }[] = [];
  for (const item of all) {
    const fit = score(query, item.findable);
    if (fit > 0) found.push({ item, fit });
  }
  return found.sort((a, b) => b.fit - a.fit).map(({ item }) => item);
}
