import { text } from '../text/index.ts';

/** What a reader may look for among bytes. */
export const NEEDLE_KINDS = ['hex', 'utf-8', 'utf-16le'] as const;

export type NeedleKind = (typeof NEEDLE_KINDS)[number];

/** As many bytes as the reader of the files takes. */
const MOST_BYTES = 4096;

/** The bytes to look for, or what is wrong with them. */
export type Needle = { bytes: Uint8Array; wrong?: never } | { bytes?: never; wrong: string };

/** What was typed as bytes: hexadecimal digits in pairs (`55 aa`, `0x55, 0xaa`, `55AA`) or text. */
export function parseNeedle(typed: string, kind: NeedleKind): Needle {
  const words = text().hex;
  const bytes =
    kind === 'hex' ? hexBytes(typed) : kind === 'utf-8' ? new TextEncoder().encode(typed) : utf16(typed);
  if (bytes === undefined) return { wrong: words.needPairs };
  if (bytes.length === 0) return { wrong: words.needSomething };
  if (bytes.length > MOST_BYTES) return { wrong: words.tooLong(MOST_BYTES) };
  return { bytes };
}

function hexBytes(text: string): Uint8Array | undefined {
  const digits = text.replace(/0x/gi, '').replace(/[\s,:;_-]/g, '');
  if (digits.length % 2 !== 0 || /[^\da-f]/i.test(digits)) return undefined;
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function utf16(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 2);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < text.length; at++) view.setUint16(at * 2, text.charCodeAt(at), true);
  return bytes;
}
