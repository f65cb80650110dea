import type { Entry, Report } from '../generated/types.ts';

/** A stretch of the disk, in sectors. */
export interface Stretch {
  first: number;
  count: number;
}

/** A stretch that an entry of the table declares. */
export interface Declared extends Stretch {
  entry: Entry;
}

/** A stretch that a structure of the table itself takes. */
export interface Occupied extends Stretch {
  /** Its key. */
  structure: string;
  title: string;
}

/** A line of the list, and how many entries it lies in. */
export type Row = (Stretch | Declared | Occupied) & { depth: number };

/** A disk cut into what is drawn. */
export interface DiskLayout {
  /** Sectors that the drawing stands for: the disk, or more where a partition claims more. */
  total: number;
  /** Partitions in the order of the disk. */
  partitions: Declared[];
  /** Partitions that hold others, and how many they lie in themselves. */
  containers: (Declared & { depth: number })[];
  /** What the table itself takes outside of the partitions. */
  metadata: Occupied[];
  /** What belongs to nothing. A gap that reaches into a container, or out of it, counts as two. */
  gaps: Stretch[];
  /** What belongs to several partitions. */
  overlaps: Stretch[];
  /** What partitions claim beyond the end of the disk. */
  beyond: Stretch | undefined;
  /** Everything in the order of the disk, what holds others in front of what it holds. */
  rows: Row[];
}

export function layOut(report: Report): DiskLayout {
  const { partitions: table, image } = report;
  const placed = (table?.entries ?? [])
    .map((entry) => ({ first: entry.first_sector, count: entry.sector_count, entry }))
    .toSorted(byPlace);
  const disk = Math.floor((image?.virtual_size_bytes ?? 0) / (table?.sector_bytes || 512));
  const total = Math.max(1, disk, ...placed.map(end));
  const partitions = placed.filter(({ entry }) => entry.role === 'partition');
  const depths = new Map(placed.map(({ entry }) => [entry.index, depthOf(entry, placed)]));
  const containers = placed
    .filter(({ entry }) => entry.role === 'container')
    .map((container) => ({ ...container, depth: depths.get(container.entry.index) ?? 0 }));
  const metadata = occupied(report, partitions);
  const beyond = disk > 0 && disk < total ? { first: disk, count: total - disk } : undefined;
  // Some tables list the whole disk beside its parts: only what others say that they lie in holds anything.
  const holders = containers.filter(({ entry }) =>
    placed.some((other) => other.entry.parent === entry.index),
  );
  const gaps = gapsBetween([...partitions, ...metadata], disk || total).flatMap((gap) => split(gap, holders));
  const inside = (stretch: Stretch): number =>
    Math.max(0, ...holders.filter((holder) => holds(holder, stretch)).map(({ depth }) => depth + 1));
  const rows: Row[] = [
    ...containers,
    ...partitions.map((one) => ({ ...one, depth: depths.get(one.entry.index) ?? 0 })),
    ...[...metadata, ...gaps].map((one) => ({ ...one, depth: inside(one) })),
  ];
  return {
    total,
    partitions,
    containers,
    metadata,
    gaps,
    overlaps: overlaps(partitions),
    beyond,
    rows: rows.toSorted((a, b) => a.first - b.first || a.depth - b.depth || b.count - a.count),
  };
}

function end({ first, count }: Stretch): number {
  return first + count;
}

function byPlace(a: Stretch, b: Stretch): number {
  return a.first - b.first || b.count - a.count;
}

function holds(around: Stretch, inside: Stretch): boolean {
  return around.first <= inside.first && end(inside) <= end(around);
}

/** How many entries an entry lies in. */
function depthOf(entry: Entry, all: readonly Declared[]): number {
  let depth = 0;
  let around = entry.parent;
  while (around !== null && depth < all.length) {
    depth += 1;
    around = all.find((other) => other.entry.index === around)?.entry.parent ?? null;
  }
  return depth;
}

/** The structures of the table that lie in no partition: some schemes give theirs a partition of its own. */
function occupied({ partitions, structures }: Report, taken: readonly Stretch[]): Occupied[] {
  return (partitions?.metadata ?? [])
    .map(({ structure, first_sector, sector_count }) => ({
      first: first_sector,
      count: sector_count,
      structure,
      title: structures.find(({ key }) => key === structure)?.title ?? structure,
    }))
    .filter((one) => !taken.some(({ first, count }) => first <= one.first && one.first < first + count));
}

function gapsBetween(taken: readonly Stretch[], last: number): Stretch[] {
  const gaps: Stretch[] = [];
  let at = 0;
  for (const stretch of taken.toSorted(byPlace)) {
    const behind = Math.min(stretch.first, last);
    if (behind > at) gaps.push({ first: at, count: behind - at });
    at = Math.max(at, end(stretch));
  }
  if (at < last) gaps.push({ first: at, count: last - at });
  return gaps;
}

/** A stretch cut where containers begin and end. */
function split(stretch: Stretch, containers: readonly Stretch[]): Stretch[] {
  const borders = containers
    .flatMap((container) => [container.first, end(container)])
    .filter((border) => stretch.first < border && border < end(stretch))
    .toSorted((a, b) => a - b);
  const starts = [stretch.first, ...new Set(borders)];
  return starts.map((first, nth) => ({ first, count: (starts[nth + 1] ?? end(stretch)) - first }));
}

function overlaps(partitions: readonly Stretch[]): Stretch[] {
  const found: Stretch[] = [];
  let furthest = 0;
  for (const { first, count } of partitions) {
    const shared = Math.min(furthest, first + count) - first;
    if (shared > 0) found.push({ first, count: shared });
    furthest = Math.max(furthest, first + count);
  }
  return found;
}
