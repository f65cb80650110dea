/** Above the map: what is drawn and how closely, and the partitions to scale. */

import { type TemplateResult, html, nothing } from 'lit';
import { go, select } from '../actions.ts';
import type { Report } from '../generated/types.ts';
import { ofBytes, ofPartition } from '../selection.ts';
import { text } from '../text/index.ts';
import { size } from '../ui/format.ts';
import { icon } from '../ui/icons.ts';
import type { Subject } from '../ui/map-charts.ts';
import { type Range, inside } from '../ui/map-model.ts';
import { entryName, tint } from './disk-bar.ts';
import { diskBytes } from './translate-forms.ts';

/** How much one step of a button or a key zooms. */
export const ZOOM = 2;

export interface MapBar {
  report: Report;
  subject: Subject;
  /** What is in sight. */
  view: Range;
  /** Bytes of a cell. */
  cell: number;
  /** Shows a range so many times as long. */
  zoom: (factor: number) => void;
  /** Shows another range. */
  show: (range: Range) => void;
}

/** What is drawn, which part of it is in sight, and how to see more or less. */
export function mapBar({ report, subject, view, cell, zoom, show }: MapBar): TemplateResult {
  const { files } = report;
  const words = text().map;
  const { file, size: bytes } = subject;
  const isFile = file !== undefined;
  const choice = (side: 'disk' | 'file', name: string): TemplateResult =>
    html`<button
      role="radio"
      data-side=${side}
      aria-checked=${isFile === (side === 'file')}
      ?disabled=${side === 'disk' && diskBytes(report) === 0}
      @click=${() => {
        go({ side: side === 'file' ? 'file' : undefined, from: undefined, to: undefined });
      }}
    >
      ${name}
    </button>`;
  const button = (action: string, sign: 'plus' | 'minus', name: string, act: () => void): TemplateResult =>
    html`<button class="icon-button" data-action=${action} aria-label=${name} title=${name} @click=${act}>
      ${icon(sign)}
    </button>`;
  const { from, to } = view;
  return html`<header class="pane-head map-bar">
    <div class="segmented" role="radiogroup" aria-label=${words.side}>
      ${choice('disk', words.disk)} ${choice('file', files.length > 1 ? words.oneFile : words.file)}
    </div>
    ${
      isFile && files.length > 1
        ? html`<select
            aria-label=${words.chooseFile}
            @change=${(event: Event) => {
              if (event.target instanceof HTMLSelectElement) {
                go({
                  ...ofBytes(report, { file: event.target.value, offset: 0, length: 1 }),
                  from: undefined,
                  to: undefined,
                });
              }
            }}
          >
            ${files.map(({ name }) => html`<option value=${name} ?selected=${name === file}>${name}</option>`)}
          </select>`
        : nothing
    }
    <span class="place">${words.view(size(to - from), size(bytes), from, size(cell))}</span>
    <div class="map-zoom" role="group" aria-label=${words.zoom}>
      ${button('zoom-out', 'minus', words.zoomOut, () => {
        zoom(ZOOM);
      })}
      ${button('zoom-in', 'plus', words.zoomIn, () => {
        zoom(1 / ZOOM);
      })}
      <button
        class="button small"
        data-action="zoom-whole"
        title=${words.showWhole}
        @click=${() => {
          show({ from: 0, to: bytes });
        }}
      >
        ${words.showAll}
      </button>
    </div>
  </header>`;
}

/** The partitions below the strip of the whole, to scale. */
export function mapPartitions(
  report: Report,
  { file, size: bytes }: Subject,
  selected: number | undefined,
  show: (range: Range) => void,
): TemplateResult | typeof nothing {
  const { partitions } = report;
  const entries = partitions?.entries.filter(({ role }) => role === 'partition') ?? [];
  if (file !== undefined || !partitions || entries.length === 0) return nothing;
  const sector = partitions.sector_bytes;
  return html`<div class="map-parts" role="group" aria-label=${text().map.partitions}>
    ${entries.map((entry) => {
      const [from, length] = [entry.first_sector * sector, entry.sector_count * sector];
      return html`<button
        class=${tint(entry)}
        .style=${`left:${String((from / bytes) * 100)}%;width:${String((Math.min(length, bytes - from) / bytes) * 100)}%`}
        title=${`${String(entry.index)} · ${entryName(entry)} · ${size(length)}`}
        aria-label=${text().map.partition(entry.index, entryName(entry), size(length))}
        aria-pressed=${entry.index === selected}
        data-partition=${entry.index}
        @click=${() => {
          select(ofPartition(report, entry));
          show(inside(from, length, bytes));
        }}
      >
        ${entryName(entry)}
      </button>`;
    })}
  </div>`;
}
