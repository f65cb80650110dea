/** What a few bytes can mean. */

import { text } from '../text/index.ts';

/** Bytes that the longest of the meanings takes. */
export const DECODED_BYTES = 16;

/** One way to read the bytes. */
export interface Meaning {
  /** Stable name. */
  name: string;
  title: string;
  /** Read with the least significant byte first; undefined where there are too few bytes or it makes no sense. */
  little: string | undefined;
  /** Read with the most significant byte first; absent where the order of bytes makes no difference. */
  big?: string | undefined;
}

type Read<Value> = (view: DataView, little: boolean) => Value;

const UNIX_EPOCH_OF_2000 = 946_684_800;
/** Seconds from 1601, where a FILETIME begins, to 1970. */
const FILETIME_BEFORE_UNIX = 11_644_473_600n;
const FILETIME_TICKS = 10_000_000n;

/** All meanings of the bytes from the first on. */
export function meanings(bytes: Uint8Array): Meaning[] {
  const words = text().hex;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const both = (name: string, title: string, length: number, read: Read<string | undefined>): Meaning => {
    const isThere = view.byteLength >= length;
    return {
      name,
      title,
      little: isThere ? read(view, true) : undefined,
      big: isThere ? read(view, false) : undefined,
    };
  };
  const number = (name: string, title: string, length: number, read: Read<number | bigint>): Meaning =>
    both(name, title, length, (view, little) => grouped(read(view, little)));
  const single = (name: string, title: string, little: string | undefined): Meaning => ({
    name,
    title,
    little,
  });
  return [
    single('u8', words.unsigned(8), bytes.length > 0 ? grouped(view.getUint8(0)) : undefined),
    single('i8', words.signed(8), bytes.length > 0 ? grouped(view.getInt8(0)) : undefined),
    number('u16', words.unsigned(16), 2, (view, little) => view.getUint16(0, little)),
    number('i16', words.signed(16), 2, (view, little) => view.getInt16(0, little)),
    number('u32', words.unsigned(32), 4, (view, little) => view.getUint32(0, little)),
    number('i32', words.signed(32), 4, (view, little) => view.getInt32(0, little)),
    number('u64', words.unsigned(64), 8, (view, little) => view.getBigUint64(0, little)),
    number('i64', words.signed(64), 8, (view, little) => view.getBigInt64(0, little)),
    both('vhd', words.secondsVhd, 4, (view, little) => utc(view.getUint32(0, little) + UNIX_EPOCH_OF_2000)),
    both('unix', words.secondsUnix, 4, (view, little) => utc(view.getUint32(0, little))),
    both('filetime', words.filetime, 8, (view, little) => fileTime(view.getBigUint64(0, little))),
    both('dos', words.dos, 4, (view, little) => dosTime(view.getUint32(0, little))),
    both('guid', 'GUID', 16, (view, little) => guid(view, little)),
    single('utf-8', words.utf8, decoded(bytes, 'utf-8')),
    {
      name: 'utf-16',
      title: words.utf16,
      little: decoded(bytes, 'utf-16le'),
      big: decoded(bytes, 'utf-16be'),
    },
  ];
}

const DIGITS = new Intl.NumberFormat('en-US');

function grouped(number: number | bigint): string {
  return DIGITS.format(number);
}

/** `2008-05-02 10:11:12 UTC` of seconds since 1970. */
function utc(seconds: number): string | undefined {
  const time = new Date(seconds * 1000);
  if (Number.isNaN(time.getTime())) return undefined;
  return `${time
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, '')} UTC`;
}

/** Units of 100 ns since 1601; nothing beyond the year 9999. */
function fileTime(ticks: bigint): string | undefined {
  const seconds = Number(ticks / FILETIME_TICKS - FILETIME_BEFORE_UNIX);
  return seconds < 253_402_300_800 ? utc(seconds) : undefined;
}

/** The time in the lower 16 bits and the date in the upper ones, in the local time of whoever wrote it. */
function dosTime(both: number): string | undefined {
  const [time, date] = [both & 0xffff, both >>> 16];
  const [second, minute, hour] = [(time & 31) * 2, (time >> 5) & 63, time >> 11];
  const [day, month, year] = [date & 31, (date >> 5) & 15, 1980 + (date >> 9)];
  const isDay =
    month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (!isDay || second > 58 || minute > 59 || hour > 23) return undefined;
  const two = (number: number): string => String(number).padStart(2, '0');
  return text().hex.localTime(
    `${String(year)}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}:${two(second)}`,
  );
}

/** The first three parts in the given order of bytes, the rest as it stands: mixed is what Windows and GPT write. */
function guid(view: DataView, little: boolean): string {
  const part = (number: number, digits: number): string => number.toString(16).padStart(digits, '0');
  const rest = Array.from({ length: 8 }, (_, at) => part(view.getUint8(8 + at), 2));
  return [
    part(view.getUint32(0, little), 8),
    part(view.getUint16(4, little), 4),
    part(view.getUint16(6, little), 4),
    rest.slice(0, 2).join(''),
    rest.slice(2).join(''),
  ].join('-');
}

/** The text up to its end mark; nothing where it begins with what is no text. */
function decoded(bytes: Uint8Array, charset: 'utf-8' | 'utf-16le' | 'utf-16be'): string | undefined {
  const all = new TextDecoder(charset).decode(bytes.subarray(0, DECODED_BYTES));
  const [found = ''] = /^[^\p{Cc}\p{Cn}\p{Co}\p{Cs}\ufffd]*/u.exec(all) ?? [];
  return found === '' ? undefined : `“${found}”`;
}
