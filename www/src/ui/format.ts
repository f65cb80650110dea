/** Numbers, sizes and dates as the page writes them. */

import { type Language, language } from '../text/language.ts';

const DIGITS: Record<Language, Intl.NumberFormat> = {
  en: new Intl.NumberFormat('en-US'),
  ja: new Intl.NumberFormat('ja-JP'),
};
const BYTES: Record<Language, Intl.NumberFormat> = {
  en: bytesIn('en-US'),
  ja: bytesIn('ja-JP'),
};
const DAYS: Record<Language, Intl.DateTimeFormat> = {
  en: daysIn('en-GB'),
  ja: daysIn('ja-JP'),
};
const BINARY = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
const DECIMAL = ['kB', 'MB', 'GB', 'TB', 'PB'];

/** `1234567` as `1,234,567`. */
export function digits(number: number): string {
  return DIGITS[language()].format(number);
}

/** `3` and `block` as `3 blocks`: for the English words. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${digits(number)} ${number === 1 ? one : many}`;
}

/** A size in the binary unit that suits it: `127 GiB`. Never rounded up, so that nothing looks larger than it is. */
export function size(bytes: number): string {
  return withUnit(bytes, 1024, BINARY);
}

/** A size in the decimal unit that suits it: `136.36 GB`. */
export function decimalSize(bytes: number): string {
  return withUnit(bytes, 1000, DECIMAL);
}

function withUnit(bytes: number, step: number, units: readonly string[]): string {
  let value = bytes;
  let unit: string | undefined;
  for (const next of units) {
    if (value < step) break;
    value /= step;
    unit = next;
  }
  if (unit === undefined) return BYTES[language()].format(bytes);
  return `${digits(Math.floor(value * 100) / 100)} ${unit}`;
}

function bytesIn(locale: string): Intl.NumberFormat {
  return new Intl.NumberFormat(locale, { style: 'unit', unit: 'byte', unitDisplay: 'long' });
}

function daysIn(locale: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' });
}

/** A number in hexadecimal with `0x`, in at least `width` digits. */
export function hex(number: number, width = 1): string {
  return `0x${number.toString(16).padStart(width, '0')}`;
}

/** A share as `12 %`; a share above zero is never shown as nothing, one below all never as all. */
export function percent(part: number, whole: number): string {
  if (whole === 0) return '0 %';
  const share = (part / whole) * 100;
  if (share > 0 && share < 0.1) return '< 0.1 %';
  if (share < 100 && share > 99.9) return '> 99.9 %';
  return `${String(Math.round(share * 10) / 10)} %`;
}

/**
 * An RFC 3339 time as `2 May 2008, 10:11 UTC`; one without a zone, as `2 May 2008, 10:11`; text that is no time stays as
 * it is.
 */
export function date(text: string): string {
  const hasZone = /(Z|[+-]\d\d:\d\d)$/i.test(text);
  const time = new Date(hasZone ? text : `${text}Z`);
  if (Number.isNaN(time.getTime())) return text;
  const separator = language() === 'en' ? ', ' : ' ';
  return `${DAYS[language()].format(time)}${separator}${time.toISOString().slice(11, 16)}${hasZone ? ' UTC' : ''}`;
}

/** Words as a sentence: with a full stop at the end, and a capital at the start unless that is a name. */
export function sentence(words: string): string {
  const start = /^[a-z]+(?=[\s,:;])/.test(words) ? words.charAt(0).toUpperCase() : words.charAt(0);
  return `${start}${words.slice(1)}${/[.:!?]$/.test(words) ? '' : '.'}`;
}

/** The last part of a path, whichever way its slashes lean. */
export function baseName(path: string): string {
  return path.split(/[/\\]/).pop() ?? path;
}
