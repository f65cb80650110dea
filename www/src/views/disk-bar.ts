import { type TemplateResult, html, nothing } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import type { Entry, Report } from '../generated/types.ts';
import { size } from '../ui/format.ts';

/** Segments narrower than this share of the bar carry no words. */
const WORDS_FROM = 0.09;

/** A stretch of the disk, in sectors. */
interface Segment {
  first: number;
  count: number;
  entry: Entry | undefined;
}

/** The disk as a bar, its partitions drawn to scale. */
export function diskBar(
  report: Report,
  selected: number | undefined,
  choose: ((entry: Entry) => void) | undefined,
): TemplateResult {
  const { partitions } = report;
  if (!partitions) return html``;
  const total = sectorsOfDisk(report);
  const segments = layOut(partitions.entries, total);
  const containers = partitions.entries.filter(({ role }) => role === 'container');
  const place = ({ first, count }: { first: number; count: number }) =>
    `left:${String((first / total) * 100)}%;width:${String((Math.min(count, total - first) / total) * 100)}%`;
  return html`
    <div class="disk-bar" role="img" aria-label=${barInWords(report, segments)}>
      ${segments.map(({ first, count, entry }) => {
        const classes = {
          'disk-segment': true,
          'disk-gap': !entry,
          [`tint-${String((entry?.index ?? 0) % 6)}`]: entry !== undefined,
          selected: entry !== undefined && entry.index === selected,
          clickable: entry !== undefined && choose !== undefined,
        };
        const words =
          entry && count / total >= WORDS_FROM ? segmentWords(entry, partitions.sector_bytes) : nothing;
        return html`<div
          class=${classMap(classes)}
          .style=${place({ first, count })}
          title=${entry ? `${String(entry.index)} · ${entryName(entry)} · ${size(count * partitions.sector_bytes)}` : `not in any partition · ${size(count * partitions.sector_bytes)}`}
          @click=${
            entry && choose
              ? () => {
                  choose(entry);
                }
              : nothing
          }
        >
          ${words}
        </div>`;
      })}
    </div>
    ${
      containers.length > 0
        ? html`<div class="disk-containers" aria-hidden="true">
            ${containers.map(
              ({ first_sector, sector_count, index }) =>
                html`<div
                  .style=${place({ first: first_sector, count: sector_count })}
                  title="container ${index}"
                ></div>`,
            )}
          </div>`
        : nothing
    }
  `;
}

/** What a partition is called: by its volume, its own name, or its type. */
export function entryName({ volume, name, type_name, type_id }: Entry): string {
  return volume?.label || name || volume?.type || type_name || type_id;
}

function segmentWords(entry: Entry, sectorBytes: number): TemplateResult {
  return html`<span class="disk-name">${entryName(entry)}</span
    ><span class="disk-size">${size(entry.sector_count * sectorBytes)}</span>`;
}

/** Sectors of the disk, or as many as the partitions claim where that is more. */
function sectorsOfDisk({ partitions, image }: Report): number {
  const entries = partitions?.entries ?? [];
  const disk = Math.floor((image?.virtual_size_bytes ?? 0) / (partitions?.sector_bytes || 512));
  return Math.max(1, disk, ...entries.map(({ first_sector, sector_count }) => first_sector + sector_count));
}

function layOut(entries: readonly Entry[], total: number): Segment[] {
  const sorted = entries
    .filter(({ role }) => role === 'partition')
    .toSorted((a, b) => a.first_sector - b.first_sector);
  const segments: Segment[] = [];
  let end = 0;
  for (const entry of sorted) {
    if (entry.first_sector > end)
      segments.push({ first: end, count: entry.first_sector - end, entry: undefined });
    segments.push({ first: entry.first_sector, count: entry.sector_count, entry });
    end = Math.max(end, entry.first_sector + entry.sector_count);
  }
  if (end < total) segments.push({ first: end, count: total - end, entry: undefined });
  return segments;
}

function barInWords({ partitions }: Report, segments: readonly Segment[]): string {
  const bytes = partitions?.sector_bytes ?? 512;
  const words = segments
    .filter(({ entry }) => entry !== undefined)
    .map(({ entry, count }) => `${entry ? entryName(entry) : ''} ${size(count * bytes)}`);
  return `The disk from its first to its last sector: ${words.join(', ') || 'no partitions'}`;
}
