import type { Structure } from '../generated/types.ts';

/** How many tints fields take turns with. */
export const TINTS = 6;

/** Bytes next to each other in one line that belong to the same thing. */
export interface Run {
  /** Place of the first byte in the line. */
  start: number;
  end: number;
  /** The innermost structure that they belong to. */
  structure: Structure | undefined;
  /** Index of its field that they belong to. */
  field: number | undefined;
  /** Pointed at. */
  marked: boolean;
}

export interface Stretch {
  offset: number;
  length: number;
}

/** The structures of one file, found by place. */
export class StructureMap {
  /** In the order of their first bytes. */
  readonly #structures: readonly (Structure & Stretch)[];
  /** How far the structures up to each one reach. */
  readonly #reach: readonly number[];

  constructor(structures: readonly Structure[]) {
    this.#structures = structures
      .filter((one): one is Structure & Stretch => one.offset !== null && one.length !== null)
      .toSorted((a, b) => a.offset - b.offset || b.length - a.length);
    let reach = 0;
    this.#reach = this.#structures.map(({ offset, length }) => (reach = Math.max(reach, offset + length)));
  }

  /** The structures that have bytes between `from` and `to`. */
  between(from: number, to: number): readonly (Structure & Stretch)[] {
    let [low, high] = [0, this.#structures.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#structures[middle]?.offset ?? Infinity) < to) low = middle + 1;
      else high = middle;
    }
    const found = [];
    for (let at = low - 1; at >= 0 && (this.#reach[at] ?? 0) > from; at--) {
      const structure = this.#structures[at];
      if (structure && structure.offset + structure.length > from) found.push(structure);
    }
    return found;
  }
}

/** Cuts a line of `length` bytes that starts at `offset` into runs. */
export function runs(offset: number, length: number, known: StructureMap, mark: Stretch | undefined): Run[] {
  // The innermost ones first.
  const near = known.between(offset, offset + length).toSorted((a, b) => a.length - b.length);
  const line: Run[] = [];
  for (let place = 0; place < length; place++) {
    const at = offset + place;
    const structure = near.find((one) => contains(one, at));
    const field = structure?.fields.findIndex((field) =>
      contains({ offset: structure.offset + field.offset, length: field.length }, at),
    );
    const run: Run = {
      start: place,
      end: place + 1,
      structure,
      field: field === -1 ? undefined : field,
      marked: mark !== undefined && contains(mark, at),
    };
    const before = line.at(-1);
    if (before && isAlike(before, run)) before.end = run.end;
    else line.push(run);
  }
  return line;
}

function isAlike(a: Run, b: Run): boolean {
  return a.structure === b.structure && a.field === b.field && a.marked === b.marked;
}

function contains({ offset, length }: Stretch, at: number): boolean {
  return at >= offset && at < offset + length;
}

/** Bytes as text; what cannot be printed as a dot. */
export function asciiText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join(
    '',
  );
}
