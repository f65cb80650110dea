import type { Entry, Report } from '../generated/types.ts';

/** A stretch of the disk, in sectors. */
export interface Stretch {
  first: number;
  count: number;
}

/** A disk cut into what is drawn. */
export interface DiskLayout {
  /** Sectors that the drawing stands for: the disk, or more where a partition claims more. */
  total: number;
  /** Partitions in the order of the disk. */
  partitions: (Stretch & { entry: Entry })[];
  /** Partitions that hold others. */
  containers: (Stretch & { entry: Entry })[];
  /** What belongs to no partition. */
  gaps: Stretch[];
  /** What belongs to several. */
  overlaps: Stretch[];
  /** What partitions claim beyond the end of the disk. */
  beyond: Stretch | undefined;
  /** Partitions, what holds others in front of what it holds, and gaps, all in the order of the disk. */
  rows: (Stretch | (Stretch & { entry: Entry }))[];
}

export function layOut({ partitions, image }: Report): DiskLayout {
  const placed = (partitions?.entries ?? [])
    .map((entry) => ({ first: entry.first_sector, count: entry.sector_count, entry }))
    .toSorted((a, b) => a.first - b.first);
  const disk = Math.floor((image?.virtual_size_bytes ?? 0) / (partitions?.sector_bytes || 512));
  const total = Math.max(1, disk, ...placed.map(({ first, count }) => first + count));
  const layout: DiskLayout = {
    total,
    partitions: placed.filter(({ entry }) => entry.role === 'partition'),
    containers: placed.filter(({ entry }) => entry.role === 'container'),
    gaps: [],
    overlaps: [],
    rows: [],
    beyond: disk > 0 && disk < total ? { first: disk, count: total - disk } : undefined,
  };
  let end = 0;
  for (const { first, count } of layout.partitions) {
    if (first > end) layout.gaps.push({ first: end, count: first - end });
    const shared = Math.min(end, first + count) - first;
    if (shared > 0) layout.overlaps.push({ first, count: shared });
    end = Math.max(end, first + count);
  }
  const last = layout.beyond?.first ?? total;
  if (end < last) layout.gaps.push({ first: end, count: last - end });
  const { containers, partitions: inside, gaps } = layout;
  const rank = (row: DiskLayout['rows'][number]): number =>
    'entry' in row && row.entry.role === 'container' ? 0 : 1;
  layout.rows = [...containers, ...inside, ...gaps].toSorted(
    (a, b) => a.first - b.first || rank(a) - rank(b) || b.count - a.count,
  );
  return layout;
}
