/** What a reader may look for among bytes. */
export type NeedleKind = 'hex' | 'utf-8' | 'utf-16le';

/** The kinds and how they are called. */
export const NEEDLE_KINDS: Record<NeedleKind, string> = {
  hex: 'Hex',
  'utf-8': 'Text, UTF-8',
  'utf-16le': 'Text, UTF-16',
};

/** As many bytes as the reader of the files takes. */
const MOST_BYTES = 4096;

/** The bytes to look for, or what is wrong with them. */
export type Needle = { bytes: Uint8Array; wrong?: never } | { bytes?: never; wrong: string };

/** What was typed as bytes: hexadecimal digits in pairs (`55 aa`, `0x55, 0xaa`, `55AA`) or text. */
export function parseNeedle(text: string, kind: NeedleKind): Needle {
  const bytes =
    kind === 'hex' ? hexBytes(text) : kind === 'utf-8' ? new TextEncoder().encode(text) : utf16(text);
  if (bytes === undefined) return { wrong: 'Type pairs of hexadecimal digits, such as 55 aa.' };
  if (bytes.length === 0) return { wrong: 'Type what to look for.' };
  if (bytes.length > MOST_BYTES) return { wrong: `That is more than ${String(MOST_BYTES)} bytes.` };
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
