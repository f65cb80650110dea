/** Beside the map: the cell that is pointed at, what is in sight in numbers, and the same as a table. */

import { type TemplateResult, html, nothing } from 'lit';
import { goToFinding, goToGuest, goToPartition, goToPlace, goToRow, store } from '../actions.ts';
import type { Report, ReportedFinding } from '../generated/types.ts';
import { partitionAt, structureAt } from '../selection.ts';
import { text } from '../text/index.ts';
import { digits, hex, percent, size } from '../ui/format.ts';
import { icon } from '../ui/icons.ts';
import type { Subject } from '../ui/map-charts.ts';
import { type Chart, type Grid, type Range, USES, cellRange } from '../ui/map-model.ts';
import { entryName } from './disk-bar.ts';
import { severityIcon } from './finding-line.ts';
import type { Kind } from './map-uses.ts';

/** Lines of the table of what is in sight. */
const MOST_LINES = 400;

/** Findings that are named for one cell. */
const MOST_FINDINGS = 5;

export interface MapDetails {
  report: Report;
  subject: Subject;
  grid: Grid;
  chart: Chart;
  /** Whether the chart of the whole is complete. */
  isWhole: boolean;
  /** The selected bytes. */
  selected: Range | undefined;
  /** The cell under the pointer. */
  hovered: number | undefined;
  /** Shows another range. */
  show: (range: Range) => void;
}

export function mapDetails(details: MapDetails): TemplateResult {
  const { report, grid, subject, hovered, selected, isWhole } = details;
  const words = text().map;
  const cell = hovered === undefined ? undefined : cellRange(grid, hovered);
  // The pointer may still rest on what was just chosen.
  const isHovered = cell !== undefined && !(selected && cell.from >= selected.from && cell.to <= selected.to);
  const pointed = isHovered ? cell : selected;
  return html`
    <div class="map-cursor" id="map-cursor" role=${isHovered ? nothing : 'status'}>
      ${pointed ? cursor(details, pointed, isHovered) : html`<p class="calm">${words.point}</p>`}
    </div>
    <section class="map-sums" aria-label=${words.sight}>
      <h2>${grid.from === 0 && grid.to >= subject.size ? words.allOfIt : words.inSight}</h2>
      ${sums(details, grid)}
      ${
        subject.file === undefined && report.partitions?.entries.length
          ? html`<p class="note"><i class="border-sign"></i>${words.border}</p>`
          : nothing
      }
      ${isWhole ? nothing : html`<p class="calm waiting">${words.counting}</p>`}
    </section>
    <details class="map-table" @toggle=${openTable}>
      <summary>${words.asTable}</summary>
      ${isTableOpen ? table(details) : nothing}
    </details>
  `;
}

let isTableOpen = false;

/** The table is made while it is open only. */
function openTable(event: Event): void {
  if (!(event.target instanceof HTMLDetailsElement)) return;
  isTableOpen = event.target.open;
  event.target.dispatchEvent(new CustomEvent('map-table', { bubbles: true }));
}

/** How much of a range is used for what, and in a file what is left. */
function amounts({ chart, subject }: MapDetails, range: Range): [Kind, number][] {
  const into = new Float64Array(USES.length);
  chart.sum(range, into);
  const used: [Kind, number][] = USES.map((use, at): [Kind, number] => [use, Math.round(into[at] ?? 0)]);
  const free = range.to - range.from - used.reduce((sum, [, bytes]) => sum + bytes, 0);
  if (subject.file !== undefined && free > 0) used.push(['free', free]);
  return used.filter(([, bytes]) => bytes > 0).toSorted(([, a], [, b]) => b - a);
}

function sums(details: MapDetails, range: Range): TemplateResult {
  const words = text().map;
  const all = range.to - range.from;
  return html`<table class="use-sums">
    <thead class="unseen">
      <tr>
        <th>${words.use}</th>
        <th>${words.size}</th>
        <th>${words.share}</th>
      </tr>
    </thead>
    <tbody>
      ${amounts(details, range).map(
        ([kind, bytes]) =>
          html`<tr data-use=${kind}>
            <th scope="row"><i class="use-swatch use-${kind}"></i>${text().map.uses[kind]}</th>
            <td>${size(bytes)}</td>
            <td>${percent(bytes, all)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function cursor(details: MapDetails, range: Range, isHovered: boolean): TemplateResult {
  const words = text().map;
  const { report, subject, show } = details;
  const { from, to } = range;
  const partition = subject.file === undefined ? partitionAt(report, from) : undefined;
  const structure = subject.file === undefined ? undefined : structureAt(report, subject.file, from);
  const findings = found(report, subject, range);
  const { table, row, guest, file, offset, length } = store.state.at;
  return html`
    <h2>
      ${size(to - from)}
      <span class="note">${subject.file === undefined ? words.ofDisk : words.ofFile}</span>
    </h2>
    <dl class="facts-list">
      <div>
        <dt>${words.bytes}</dt>
        <dd>${words.fromTo(from, to - 1)}</dd>
      </div>
      <div>
        <dt>${words.offset}</dt>
        <dd><code>${hex(from)}</code>${words.atSector(Math.floor(from / 512))}</dd>
      </div>
      ${
        partition
          ? html`<div>
              <dt>${words.inPartition}</dt>
              <dd>
                <button
                  class="link"
                  @click=${() => {
                    goToPartition(partition);
                  }}
                >
                  ${partition.index} · ${entryName(partition)}
                </button>
              </dd>
            </div>`
          : nothing
      }
      ${
        structure
          ? html`<div>
              <dt>${words.structure}</dt>
              <dd lang="en">${structure.title}</dd>
            </div>`
          : nothing
      }
    </dl>
    ${sums(details, range)}
    ${
      findings.length > 0
        ? html`<ul class="structure-findings">
            ${findings.slice(0, MOST_FINDINGS).map(
              (finding) =>
                html`<li>
                  ${severityIcon(finding.severity)}<button
                    class="link"
                    lang="en"
                    @click=${() => {
                      goToFinding(finding);
                    }}
                  >
                    ${finding.title}
                  </button>
                </li>`,
            )}
          </ul>`
        : nothing
    }
    ${
      isHovered
        ? nothing
        : html`<div class="buttons small-buttons">
            <button
              class="button small"
              data-action="zoom-here"
              @click=${() => {
                show({ from, to: Math.max(to, from + 512 * 64) });
              }}
            >
              ${words.zoomTo}
            </button>
            ${
              subject.file === undefined
                ? html`<button
                    class="button small"
                    data-action="translate"
                    @click=${() => {
                      goToGuest({ offset: from, length: Math.min(to - from, 512) });
                    }}
                  >
                    ${icon('translate')}${words.where}
                  </button>`
                : nothing
            }
            ${
              file !== undefined && offset !== undefined
                ? html`<button
                    class="button small"
                    data-action="show-bytes"
                    @click=${() => {
                      goToPlace({ file, offset, length: length ?? 1 });
                    }}
                  >
                    ${words.bytes}
                  </button>`
                : nothing
            }
            ${
              table !== undefined && row !== undefined && (guest !== undefined || subject.file !== undefined)
                ? html`<button
                    class="button small"
                    data-action="show-row"
                    @click=${() => {
                      goToRow(table, row);
                    }}
                  >
                    ${words.entry(row)}
                  </button>`
                : nothing
            }
          </div>`
    }
  `;
}

/** The findings in a range. */
function found(report: Report, { file }: Subject, { from, to }: Range): ReportedFinding[] {
  const meets = (offset: number, length: number): boolean =>
    offset < to && offset + Math.max(1, length) > from;
  return report.findings.filter(({ places, guest_range: range }) =>
    file === undefined
      ? range && meets(range.offset, range.length)
      : places.some((place) => place.file === file && meets(place.offset, place.length)),
  );
}

/** What is in sight, stretch by stretch: cells that follow one another and are mostly used for the same. */
function table(details: MapDetails): TemplateResult {
  const words = text().map;
  const { grid, show } = details;
  const lines: (Range & { kind: Kind; bytes: number })[] = [];
  let left = 0;
  for (let cell = 0; cell < grid.count; cell++) {
    const range = cellRange(grid, cell);
    const [kind, bytes] = amounts(details, range)[0] ?? (['free', 0] as const);
    const before = lines.at(-1);
    if (before?.kind === kind && left === 0) {
      before.to = range.to;
      before.bytes += bytes;
    } else if (lines.length < MOST_LINES) lines.push({ ...range, kind, bytes });
    else left += 1;
  }
  return html`<div class="scroll-x">
    <table class="grid">
      <thead>
        <tr>
          <th class="numeric">${words.fromByte}</th>
          <th class="numeric">${words.size}</th>
          <th>${words.mostly}</th>
          <th class="numeric">${words.share}</th>
        </tr>
      </thead>
      <tbody>
        ${lines.map(
          ({ from, to, kind, bytes }) =>
            html`<tr>
              <td class="numeric">
                <button
                  class="link"
                  title=${words.zoomTo}
                  @click=${() => {
                    show({ from, to: Math.max(to, from + 512 * 64) });
                  }}
                >
                  ${digits(from)}
                </button>
              </td>
              <td class="numeric">${size(to - from)}</td>
              <td><i class="use-swatch use-${kind}"></i>${text().map.uses[kind]}</td>
              <td class="numeric">${percent(bytes, to - from)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    ${left > 0 ? html`<p class="calm">${words.more}</p>` : nothing}
  </div>`;
}
