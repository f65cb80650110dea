import type { FieldValue, Structure } from '../generated/types.ts';

/** How many tints fields take turns with. */
export const TINTS = 6;

/** Bytes next to each other in one line that belong to the same thing. */
export interface Run {
  /** Place of the first byte in the line. */
  start: number;
  end: number;
  /** Index of the field of the selected structure. */
  field: number | undefined;
  /** Inside the selected structure. */
  inside: boolean;
  /** Inside some structure. */
  known: boolean;
  /** Pointed at. */
  marked: boolean;
}

/** What is known of the bytes of a file. */
export interface Meaning {
  /** The selected structure, if it lies in this file. */
  structure: Structure | undefined;
  /** Where the structures of this file lie. */
  structures: readonly Stretch[];
  /** What is pointed at. */
  mark: Stretch | undefined;
}

export interface Stretch {
  offset: number;
  length: number;
}

/** Cuts a line of `length` bytes that starts at `offset` into runs. */
export function runs(offset: number, length: number, meaning: Meaning): Run[] {
  const end = offset + length;
  const near = meaning.structures.filter((stretch) => overlaps(stretch, offset, end));
  const { structure, mark } = meaning;
  const start = structure?.offset ?? 0;
  const stretch = structure && { offset: start, length: structure.length ?? 0 };
  const fields: [number, FieldValue][] = [];
  for (const [index, field] of (structure?.fields ?? []).entries()) {
    if (overlaps({ offset: start + field.offset, length: field.length }, offset, end))
      fields.push([index, field]);
  }
  const line: Run[] = [];
  for (let place = 0; place < length; place++) {
    const at = offset + place;
    const field = fields.find(([, { offset, length }]) =>
      contains({ offset: start + offset, length }, at),
    )?.[0];
    const run: Run = {
      start: place,
      end: place + 1,
      field,
      inside: stretch !== undefined && contains(stretch, at),
      known: near.some((stretch) => contains(stretch, at)),
      marked: mark !== undefined && contains(mark, at),
    };
    const before = line.at(-1);
    if (before && isAlike(before, run)) before.end = run.end;
    else line.push(run);
  }
  return line;
}

function isAlike(a: Run, b: Run): boolean {
  return a.field === b.field && a.inside === b.inside && a.known === b.known && a.marked === b.marked;
}

function contains({ offset, length }: Stretch, at: number): boolean {
  return at >= offset && at < offset + length;
}

function overlaps(stretch: Stretch, from: number, to: number): boolean {
  return stretch.offset < to && stretch.offset + stretch.length > from;
}

/** Bytes as text; what cannot be printed as a dot. */
export function asciiText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join(
    '',
  );
}
