import { text } from '../text/index.ts';
import { size } from './format.ts';

const FACTORS: Record<string, number> = {
  '': 1,
  b: 1,
  byte: 1,
  bytes: 1,
  k: 1024,
  kib: 1024,
  m: 1024 ** 2,
  mib: 1024 ** 2,
  g: 1024 ** 3,
  gib: 1024 ** 3,
  t: 1024 ** 4,
  tib: 1024 ** 4,
};

const SECTOR_WORDS: ReadonlySet<string> = new Set(['s', 'sector', 'sectors']);

/** What a reader typed as a number of bytes, or what is wrong with it. */
export type Typed = { bytes: number; wrong?: never } | { bytes?: never; wrong: string };

/** What an offset may lie in, in words: the file or the disk; and its size in bytes. */
export interface Extent {
  what: string;
  size: number;
}

/**
 * The number of bytes that a reader typed: `512`, `0x200`, `63 s` or `sector 63` (sectors of so many bytes), `1.5 MiB`,
 * `1,048,576`.
 */
export function parseBytes(typed: string, sectorBytes = 512): Typed {
  const words = text().places;
  const tidy = typed
    .trim()
    .toLowerCase()
    .replace(/[_,]|(?<=\d)\s+(?=\d)/g, '')
    .replace(/^(?:sectors?|s)\s*(?=\d)(.*)$/, '$1 s');
  if (tidy === '') return { wrong: words.needBytes };
  const parts = /^(0x[\da-f]+|\d+(?:\.\d+)?)\s*([a-z]*)$/.exec(tidy);
  if (!parts) return { wrong: words.noNumber(typed.trim()) };
  const [, number, unit = ''] = parts;
  const factor = SECTOR_WORDS.has(unit) ? sectorBytes : FACTORS[unit];
  if (factor === undefined) return { wrong: words.noUnit(unit) };
  const bytes = Number(number) * factor;
  if (!Number.isInteger(bytes)) return { wrong: words.notWhole(typed.trim()) };
  if (!Number.isSafeInteger(bytes)) return { wrong: words.tooLarge(typed.trim()) };
  return { bytes };
}

/** The same as a place: `-512` counts from the end, and what lies outside is wrong. */
export function parsePlace(place: string, extent: Extent, sectorBytes = 512): Typed {
  const isFromEnd = place.trim().startsWith('-');
  const typed = parseBytes(isFromEnd ? place.trim().slice(1) : place, sectorBytes);
  if (typed.bytes === undefined) return typed;
  const bytes = isFromEnd ? extent.size - typed.bytes : typed.bytes;
  if (bytes < 0) return { wrong: text().places.before(extent.what, sizeInWords(extent)) };
  if (bytes >= extent.size) {
    return { wrong: text().places.behind(extent.what, sizeInWords(extent)) };
  }
  return { bytes };
}

function sizeInWords({ size: bytes }: Extent): string {
  return bytes < 1024 ? size(bytes) : `${text().overview.bytes(bytes)} (${size(bytes)})`;
}
