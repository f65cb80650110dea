/** Draws a map: one pixel per cell, blown up, with a grid over it. */

import { type Chart, type Grid, USES, cellRange } from './map-model.ts';

/** Pixels of the smallest and the largest cell, with the gap beside it. */
const SMALLEST = 9;
const LARGEST = 28;
const GAP = 1;

/** Pixels of a cell with which so many of them fill the field best, and how many then fit beside and below each other. */
export function layout(
  count: number,
  width: number,
  height: number,
): { pitch: number; columns: number; rows: number } {
  for (let pitch = LARGEST; ; pitch--) {
    const [columns, rows] = [Math.max(8, Math.floor(width / pitch)), Math.max(4, Math.floor(height / pitch))];
    if (pitch === SMALLEST || columns * rows >= count) return { pitch, columns, rows };
  }
}

/** The least share of a colour that is there at all. */
const LEAST = 0.34;

/** Red, green and blue of each use, of what is used for nothing, and of the ground. */
export interface Palette {
  uses: readonly Colour[];
  free: Colour;
  ground: Colour;
  accent: string;
  marks: Record<string, string>;
}

export type Colour = readonly [number, number, number];

const INVALID = USES.indexOf('invalid');
/** What is there only because it is nothing. */
const FAINT: ReadonlySet<number> = new Set(
  ['unallocated', 'zero'].map((use) => USES.findIndex((one) => one === use)),
);

/** A place that is marked: a finding. */
export interface Mark {
  cell: number;
  severity: string;
}

export interface Picture {
  grid: Grid;
  /** Pixels of a cell with the gap beside it. */
  pitch: number;
  chart: Chart;
  /** Whether what is used for nothing is worth a colour: in a file. */
  hasFree: boolean;
  /** The first and the last selected cell. */
  selected: readonly [number, number] | undefined;
  hovered: number | undefined;
  /** Cells with which partitions begin. */
  borders: readonly number[];
  marks: readonly Mark[];
}

/** Draws the picture; `small` is kept from one drawing to the next. */
export function draw(
  canvas: HTMLCanvasElement,
  small: HTMLCanvasElement,
  picture: Picture,
  palette: Palette,
  ratio: number,
): void {
  const context = canvas.getContext('2d', { alpha: false });
  const pixels = small.getContext('2d');
  if (!context || !pixels) return;
  const { grid, pitch } = picture;
  const { columns, rows } = grid;
  if (small.width !== columns || small.height !== rows) {
    small.width = columns;
    small.height = rows;
  }
  pixels.putImageData(cells(picture, palette), 0, 0);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.fillStyle = css(palette.ground);
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, columns * pitch, rows * pitch);
  for (let x = 1; x <= columns; x++) context.fillRect(x * pitch - GAP, 0, GAP, rows * pitch);
  for (let y = 1; y <= rows; y++) context.fillRect(0, y * pitch - GAP, columns * pitch, GAP);
  drawBorders(context, picture, palette);
  drawMarks(context, picture, palette);
  drawFrames(context, picture, palette);
}

function cells({ grid, chart, hasFree }: Picture, palette: Palette): ImageData {
  const image = new ImageData(grid.columns, grid.rows);
  const into = new Uint32Array(image.data.buffer);
  into.fill(packed(palette.ground));
  const amounts = new Float64Array(USES.length);
  for (let index = 0; index < grid.count; index++) {
    const range = cellRange(grid, index);
    chart.sum(range, amounts);
    into[index] = packed(mixed(amounts, range.to - range.from, hasFree, palette));
  }
  return image;
}

/** The colour of a cell: those of its uses by their share, but nothing that is there disappears, and damage wins. */
function mixed(amounts: Float64Array, bytes: number, hasFree: boolean, palette: Palette): Colour {
  if ((amounts[INVALID] ?? 0) > 0) return palette.uses[INVALID] ?? palette.ground;
  let [red, green, blue, strong, weak] = [0, 0, 0, 0, 0];
  for (let use = 0; use < amounts.length; use++) {
    const amount = amounts[use] ?? 0;
    if (FAINT.has(use)) weak += amount;
    else strong += amount;
  }
  const faint = hasFree ? palette.free : faintColour(amounts, palette);
  const share = strong === 0 ? 0 : Math.max(LEAST, Math.min(1, strong / bytes));
  for (let use = 0; use < amounts.length; use++) {
    const amount = amounts[use] ?? 0;
    const colour = palette.uses[use];
    if (amount === 0 || !colour || FAINT.has(use)) continue;
    red += (colour[0] * amount) / strong;
    green += (colour[1] * amount) / strong;
    blue += (colour[2] * amount) / strong;
  }
  if (strong + weak === 0 && !hasFree) return palette.ground;
  const blend = (own: number, other: number): number => Math.round(own * share + other * (1 - share));
  return [blend(red, faint[0]), blend(green, faint[1]), blend(blue, faint[2])];
}

function faintColour(amounts: Float64Array, palette: Palette): Colour {
  const zero = USES.indexOf('zero');
  const unallocated = USES.indexOf('unallocated');
  const use = (amounts[zero] ?? 0) > (amounts[unallocated] ?? 0) ? zero : unallocated;
  return palette.uses[use] ?? palette.ground;
}

function packed([red, green, blue]: Colour): number {
  // The bytes of a pixel are red, green, blue, opacity; typed arrays of browsers are little-endian.
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

function css([red, green, blue]: Colour): string {
  return `rgb(${String(red)} ${String(green)} ${String(blue)})`;
}

function corner({ grid: { columns }, pitch }: Picture, cell: number): [number, number] {
  return [(cell % columns) * pitch, Math.floor(cell / columns) * pitch];
}

function drawBorders(context: CanvasRenderingContext2D, picture: Picture, palette: Palette): void {
  context.fillStyle = palette.accent;
  for (const cell of picture.borders) {
    const [x, y] = corner(picture, cell);
    context.fillRect(Math.max(0, x - 1.5), y, 2, picture.pitch - GAP);
    context.fillRect(Math.max(0, x - 1.5), y, 5, 2);
  }
}

function drawMarks(context: CanvasRenderingContext2D, picture: Picture, palette: Palette): void {
  const half = (picture.pitch - GAP) / 2;
  for (const { cell, severity } of picture.marks) {
    const [x, y] = corner(picture, cell);
    context.beginPath();
    context.arc(x + half, y + half, half * 1.4, 0, 2 * Math.PI);
    context.lineWidth = 3;
    context.strokeStyle = css(palette.ground);
    context.stroke();
    context.lineWidth = 1.75;
    context.strokeStyle = palette.marks[severity] ?? palette.accent;
    context.stroke();
  }
}

function drawFrames(context: CanvasRenderingContext2D, picture: Picture, palette: Palette): void {
  const { selected, hovered } = picture;
  context.strokeStyle = palette.accent;
  if (hovered !== undefined) frame(context, picture, hovered, hovered, 1.25);
  if (selected) frame(context, picture, selected[0], selected[1], 2);
}

/** A frame around cells that follow one another: a box on each line that they touch. */
function frame(
  context: CanvasRenderingContext2D,
  { grid: { columns }, pitch }: Picture,
  first: number,
  last: number,
  width: number,
): void {
  context.lineWidth = width;
  const [top, bottom] = [Math.floor(first / columns), Math.floor(last / columns)];
  const box = (from: number, to: number, y: number, height: number): void => {
    context.strokeRect(from * pitch - 0.5, y * pitch - 0.5, (to - from + 1) * pitch, height * pitch);
  };
  if (top === bottom) {
    box(first % columns, last % columns, top, 1);
    return;
  }
  box(first % columns, columns - 1, top, 1);
  if (bottom - top > 1) box(0, columns - 1, top + 1, bottom - top - 1);
  box(0, last % columns, bottom, 1);
}

/** The strip of the whole: a pixel column per stretch, and which part of it is in sight. */
export function drawStrip(
  canvas: HTMLCanvasElement,
  small: HTMLCanvasElement,
  { chart, hasFree, grid }: Picture,
  size: number,
  palette: Palette,
  ratio: number,
): void {
  const context = canvas.getContext('2d', { alpha: false });
  const pixels = small.getContext('2d');
  const width = Math.max(1, Math.round(canvas.width / ratio));
  if (!context || !pixels || size === 0) return;
  small.width = width;
  small.height = 1;
  const strip: Grid = { from: 0, to: size, cell: size / width, columns: width, rows: 1, count: width };
  const picture = {
    grid: strip,
    pitch: 1,
    chart,
    hasFree,
    selected: undefined,
    hovered: undefined,
    borders: [],
    marks: [],
  };
  pixels.putImageData(cells(picture, palette), 0, 0);
  const height = canvas.height / ratio;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, width, height);
  const [left, right] = [(grid.from / size) * width, (Math.min(grid.to, size) / size) * width];
  if (right - left >= width - 1) return;
  context.fillStyle = css(palette.ground);
  context.globalAlpha = 0.55;
  context.fillRect(0, 0, left, height);
  context.fillRect(right, 0, width - right, height);
  context.globalAlpha = 1;
  context.lineWidth = 2;
  context.strokeStyle = palette.accent;
  context.strokeRect(Math.min(left, width - 4) + 1, 1, Math.max(3, right - left - 2), height - 2);
}
