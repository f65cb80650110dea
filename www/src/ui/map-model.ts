/** A disk or a file cut into cells: which bytes each stands for, and what they are used for. */

import type { ChartPart, Use } from '../generated/types.ts';

/** What numbers of a chart stand for, in their order. */
export const USES: readonly Use[] = [
  'data',
  'compressed',
  'zero',
  'parent',
  'unallocated',
  'absent',
  'invalid',
  'bitmap',
  'table',
  'metadata',
];

/** Cells of the chart of a whole disk or file: from it every view is drawn until the exact numbers are there. */
const BASE_CELLS = 1 << 14;

/** The smallest cell: a sector. */
const SECTOR = 512;

export interface Range {
  from: number;
  to: number;
}

/** Bytes of a cell of the chart of the whole: a multiple of the unit of allocation where that is smaller. */
export function baseCell(size: number, unit: number): number {
  const least = Math.max(SECTOR, Math.ceil(size / BASE_CELLS));
  return roundUp(least, least > unit && unit > 0 ? unit : SECTOR);
}

/** The picture of a range: its cells in lines, from left to right and from top to bottom. */
export interface Grid extends Range {
  /** Bytes of a cell. */
  cell: number;
  columns: number;
  rows: number;
  /** Cells that stand for something. */
  count: number;
}

/**
 * The cells of a range where so many fit. What a cell stands for is rounded up to units of allocation, or to cells of
 * the whole's chart where it is larger than those, so that the numbers are exact.
 */
export function gridOf({ from, to }: Range, size: number, unit: number, columns: number, rows: number): Grid {
  const base = baseCell(size, unit);
  const wanted = Math.max(SECTOR, (Math.min(to, size) - from) / (columns * rows));
  const step = wanted >= base ? base : wanted > unit && unit > 0 ? unit : SECTOR;
  const cell = roundUp(wanted, step);
  const start = Math.max(0, from - (from % Math.min(cell, base)));
  const end = Math.min(size, Math.max(to, start + 1));
  return {
    from: start,
    to: end,
    cell,
    columns,
    rows,
    count: Math.min(columns * rows, Math.ceil((end - start) / cell)),
  };
}

/** The bytes that a cell stands for. */
export function cellRange(grid: Grid, index: number): Range {
  const from = grid.from + index * grid.cell;
  return { from, to: Math.min(from + grid.cell, grid.to) };
}

/** The cell that a byte belongs to; nothing where it is out of sight. */
export function cellOf(grid: Grid, byte: number): number | undefined {
  const index = Math.floor((byte - grid.from) / grid.cell);
  return index >= 0 && index < grid.count ? index : undefined;
}

/** A range `factor` times as long around `center`, which stays where it is in the picture; inside the whole. */
export function zoomed({ from, to }: Range, size: number, factor: number, center: number): Range {
  const length = Math.min(size, Math.max(SECTOR * 64, (to - from) * factor));
  const share = to > from ? (center - from) / (to - from) : 0.5;
  return inside(center - length * share, length, size);
}

/** The range moved by so many bytes, inside the whole. */
export function moved({ from, to }: Range, size: number, by: number): Range {
  return inside(from + by, to - from, size);
}

/** A range of that length, or less where the whole is shorter, inside the whole. */
export function inside(from: number, length: number, size: number): Range {
  const start = Math.max(0, Math.min(from, size - length));
  return { from: Math.floor(start / SECTOR) * SECTOR, to: Math.min(size, Math.ceil(start + length)) };
}

/** How much of each cell is used for what. */
export class Chart {
  readonly from: number;
  /** The byte behind the last one: the last cell may stand for fewer bytes than the others. */
  readonly end: number;
  readonly cell: number;
  readonly count: number;
  readonly amounts: Float64Array;
  /** Of a file: which bytes of the disk the cells are there for, first and end in pairs. */
  readonly guests: Float64Array;
  /** Whether all is added. */
  isWhole = false;

  constructor({ from, to }: Range, cell: number) {
    const count = Math.ceil((to - from) / cell);
    this.from = from;
    this.end = to;
    this.cell = cell;
    this.count = count;
    this.amounts = new Float64Array(count * USES.length);
    this.guests = new Float64Array(count * 2);
  }

  /** The byte behind the last whole cell: what is asked for, so that all cells are of one size. */
  get to(): number {
    return this.from + this.cell * this.count;
  }

  add({ amounts, guests }: ChartPart): void {
    const all = Math.min(amounts.length, this.amounts.length);
    for (let at = 0; at < all; at++) this.amounts[at] = (this.amounts[at] ?? 0) + (amounts[at] ?? 0);
    for (let at = 0; at + 1 < guests.length; at += 2) {
      const [first = 0, end = 0] = [guests[at], guests[at + 1]];
      if (end === 0) continue;
      const known = this.guests[at + 1] ?? 0;
      this.guests[at] = known === 0 ? first : Math.min(this.guests[at] ?? 0, first);
      this.guests[at + 1] = Math.max(known, end);
    }
  }

  /** Adds up what is used for what between two places; of cells that are cut, their share. */
  sum({ from, to }: Range, into: Float64Array): void {
    into.fill(0);
    const first = Math.max(0, Math.floor((from - this.from) / this.cell));
    const end = Math.min(this.count, Math.ceil((to - this.from) / this.cell));
    for (let cell = first; cell < end; cell++) {
      const start = this.from + cell * this.cell;
      const stop = Math.min(start + this.cell, this.end);
      const share = (Math.min(to, stop) - Math.max(from, start)) / (stop - start);
      const at = cell * USES.length;
      for (let use = 0; use < USES.length; use++) {
        into[use] = (into[use] ?? 0) + (this.amounts[at + use] ?? 0) * share;
      }
    }
  }

  /** The bytes of the disk that a stretch of the file is there for. */
  guestsOf({ from, to }: Range): Range | undefined {
    let [low, high] = [Infinity, 0];
    const first = Math.max(0, Math.floor((from - this.from) / this.cell));
    const end = Math.min(this.count, Math.ceil((to - this.from) / this.cell));
    for (let cell = first; cell < end; cell++) {
      const [start = 0, stop = 0] = [this.guests[cell * 2], this.guests[cell * 2 + 1]];
      if (stop === 0) continue;
      low = Math.min(low, start);
      high = Math.max(high, stop);
    }
    return high > low ? { from: low, to: high } : undefined;
  }
}

function roundUp(number: number, step: number): number {
  return Math.ceil(number / step) * step;
}
