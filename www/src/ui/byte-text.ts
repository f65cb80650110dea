/** Bytes as text that can be pasted elsewhere. */

/** The ways to copy bytes. */
export const COPY_KINDS = ['hex', 'text', 'c'] as const;

export type CopyKind = (typeof COPY_KINDS)[number];

/** Bytes in a line of the C array. */
const PER_LINE = 12;

/** The bytes as pairs of digits, as text in UTF-8 (what is no text becomes a question mark), or as a C array. */
export function byteText(bytes: Uint8Array, kind: CopyKind): string {
  switch (kind) {
    case 'hex':
      return pairs(bytes).join(' ');
    case 'text':
      return new TextDecoder().decode(bytes);
    case 'c':
      return cArray(pairs(bytes));
  }
}

function pairs(bytes: Uint8Array): string[] {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'));
}

function cArray(pairs: readonly string[]): string {
  const lines = [];
  for (let at = 0; at < pairs.length; at += PER_LINE) {
    const line = pairs.slice(at, at + PER_LINE).map((pair) => `0x${pair}`);
    lines.push(`    ${line.join(', ')},`);
  }
  return `const unsigned char bytes[${String(pairs.length)}] = {\n${lines.join('\n')}\n};\n`;
}
