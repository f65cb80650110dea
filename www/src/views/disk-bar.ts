import { type TemplateResult, html, nothing } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { goToStructure } from '../actions.ts';
import type { Entry, Report } from '../generated/types.ts';
import { text } from '../text/index.ts';
import { size } from '../ui/format.ts';
import { type DiskLayout, type Stretch, layOut } from './disk-layout.ts';

/** Partitions narrower than this share of the bar carry no words. */
const WORDS_FROM = 0.09;

/** The disk as a bar, its partitions drawn to scale. */
export function diskBar(
  report: Report,
  selected: number | undefined,
  choose: (entry: Entry) => void,
): TemplateResult {
  const layout = layOut(report);
  const { total, partitions, containers, metadata, gaps, overlaps, beyond } = layout;
  const bytes = report.partitions?.sector_bytes ?? 512;
  const place = ({ first, count }: Stretch): string =>
    `left:${String((first / total) * 100)}%;width:${String((count / total) * 100)}%`;
  const mark = (kind: string, words: string, stretch: Stretch): TemplateResult =>
    html`<div
      class="disk-segment ${kind}"
      .style=${place(stretch)}
      title="${words} · ${size(stretch.count * bytes)}"
    ></div>`;
  return html`
    <div class="disk-bar" role="img" aria-label=${inWords(layout, bytes)}>
      ${gaps.map((gap) => mark('disk-gap', text().disk.notInPartition, gap))}
      ${metadata.map(
        ({ structure, title, ...stretch }) =>
          html`<div
            class="disk-segment disk-metadata"
            .style=${place(stretch)}
            lang="en"
            title="${title} · ${size(stretch.count * bytes)}"
            @click=${() => {
              goToStructure(structure);
            }}
          ></div>`,
      )}
      ${partitions.map(({ entry, ...stretch }) => {
        const isSelected = entry.index === selected;
        const words = `${String(entry.index)} · ${entryName(entry)} · ${size(stretch.count * bytes)}`;
        return html`<div
          class=${classMap({ 'disk-segment': true, 'disk-partition': true, [tint(entry)]: true, selected: isSelected })}
          .style=${place(stretch)}
          title=${words}
          @click=${() => {
            choose(entry);
          }}
        >
          ${stretch.count / total < WORDS_FROM ? nothing : label(entry, bytes)}
        </div>`;
      })}
      ${overlaps.map((overlap) => mark('disk-fault', text().disk.inSeveral, overlap))}
      ${beyond ? mark('disk-fault disk-beyond', text().disk.beyondEnd, beyond) : nothing}
    </div>
    ${
      containers.length > 0
        ? lanes(containers).map(
            (lane) =>
              html`<div class="disk-containers" aria-hidden="true">
                ${lane.map(
                  ({ entry, ...stretch }) =>
                    html`<div
                      .style=${place(stretch)}
                      title=${text().disk.holdsOthers(entry.index, entryName(entry), size(stretch.count * bytes))}
                    ></div>`,
                )}
              </div>`,
          )
        : nothing
    }
  `;
}

/** What holds others, the innermost first: beneath each other they show how they are nested. */
function lanes(containers: DiskLayout['containers']): DiskLayout['containers'][] {
  const depths = [...new Set(containers.map(({ depth }) => depth))].toSorted((a, b) => b - a);
  return depths.map((depth) => containers.filter((container) => container.depth === depth));
}

/** What a partition is called: by its volume, its own name, or its type. */
export function entryName({ volume, name, type_name, type_id }: Entry): string {
  return volume?.label || name || volume?.type || type_name || type_id;
}

/** The class of a partition's colour; what holds other partitions has none. */
export function tint({ role, index }: Entry): string {
  return role === 'partition' ? `tint-${String(index % 6)}` : 'tint-none';
}

function label(entry: Entry, sectorBytes: number): TemplateResult {
  const name = entryName(entry);
  const type = entry.volume?.type;
  const bytes = size(entry.sector_count * sectorBytes);
  return html`<span class="disk-name">${name}</span
    ><span class="disk-size">${type && type !== name ? `${type} · ${bytes}` : bytes}</span>`;
}

function inWords({ partitions }: DiskLayout, sectorBytes: number): string {
  const words = partitions.map(({ entry, count }) => `${entryName(entry)} ${size(count * sectorBytes)}`);
  return text().disk.inWords(words);
}
