/**
 * A place in the page, and its text in the address bar (`#view=structures&file=a.vhd&offset=512`). It names places
 * only and never carries any of the image's data.
 */

/** The views, in the order of their tabs and of the keys `1`, `2`, … */
export const VIEWS = [
  'overview',
  'structures',
  'tables',
  'map',
  'hex',
  'translate',
  'chain',
  'partitions',
  'findings',
  'samples',
  'learn',
] as const;

export type View = (typeof VIEWS)[number];

/** Views that need no open image. */
export const ALWAYS: readonly View[] = ['samples', 'learn'];

/** What is looked at. */
export interface Address {
  view: View;
  /** File whose bytes are shown. */
  file?: string | undefined;
  /** First byte that is pointed at in that file. */
  offset?: number | undefined;
  /** How many bytes are pointed at. */
  length?: number | undefined;
  /** Key of the selected structure. */
  structure?: string | undefined;
  /** Name of the selected field of that structure. */
  field?: string | undefined;
  /** Key of the table that is shown. */
  table?: string | undefined;
  /** Number of the selected row. */
  row?: number | undefined;
  /** Number of the selected partition. */
  partition?: number | undefined;
  /** Id of the finding that is looked at. */
  finding?: string | undefined;
  /** States of the rows that are listed, with commas between them; all without. */
  filter?: string | undefined;
  /** What the map shows: `file`, or else the guest's disk. */
  side?: string | undefined;
  /** First byte that the map shows. */
  from?: number | undefined;
  /** The byte behind the last one that the map shows. */
  to?: number | undefined;
  /** First selected byte of the guest's disk. Translation goes from it to the files; without it, from `offset` of `file`. */
  guest?: number | undefined;
  /** How many bytes from there. */
  span?: number | undefined;
  /** What samples are searched for. */
  find?: string | undefined;
  /** The severities of the findings that are shown, with commas between them; all of them without it. */
  only?: string | undefined;
  /** What the findings are searched for. */
  seek?: string | undefined;
  /** Which part of what there is to learn: `tour`, `compare` or `about`. */
  part?: string | undefined;
  /** The step of the tour, from 1 on. */
  step?: number | undefined;
}

const TEXTS = [
  'file',
  'structure',
  'field',
  'table',
  'finding',
  'find',
  'filter',
  'side',
  'only',
  'seek',
  'part',
] as const;
const NUMBERS = ['offset', 'length', 'row', 'partition', 'guest', 'span', 'from', 'to', 'step'] as const;

/** The fragment of an address, without `#`. */
export function encode(address: Address): string {
  const fragment = new URLSearchParams({ view: address.view });
  for (const key of [...TEXTS, ...NUMBERS]) {
    const value = address[key];
    if (value !== undefined) fragment.set(key, String(value));
  }
  return fragment.toString();
}

/** The address that a fragment stands for. What makes no sense is left out. */
export function decode(fragment: string): Address {
  const given = new URLSearchParams(fragment.replace(/^#/, ''));
  const address: Address = { view: VIEWS.find((view) => view === given.get('view')) ?? 'overview' };
  for (const key of TEXTS) {
    const value = given.get(key);
    if (value) address[key] = value;
  }
  for (const key of NUMBERS) {
    const value = wholeNumber(given.get(key));
    if (value !== undefined) address[key] = value;
  }
  return address;
}

function wholeNumber(text: string | null): number | undefined {
  if (text === null || !/^(\d+|0x[\da-f]+)$/i.test(text)) return undefined;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : undefined;
}
