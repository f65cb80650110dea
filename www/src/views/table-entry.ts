/** What is shown beside a table: what its columns mean, or the chosen entry with its bytes. */

import { type TemplateResult, html, nothing } from 'lit';
import { goToGuest, goToPlace, goToStructure } from '../actions.ts';
import type { Place, Report, ReportedFinding, Table, TableRow } from '../generated/types.ts';
import { baseName, digits, size } from '../ui/format.ts';
import { placeText } from '../ui/hex-pane.ts';
import { icon } from '../ui/icons.ts';
import { findingList } from './finding-line.ts';
import { stateClass } from './table-states.ts';

/** Whether the bytes of the entry or those it points to are shown. */
export type Shown = 'entry' | 'target';

/** What the table is, and what its columns mean. */
export function tableLegend({ structures }: Report, table: Table): TemplateResult {
  const structure = structures.find(({ key }) => key === table.key);
  return html`<div class="side-empty">
    <h2>${table.title}</h2>
    ${structure?.note ? html`<p>${structure.note}</p>` : nothing}
    <dl class="column-list">
      ${table.columns.map(
        ({ title, meaning }) =>
          html`<div>
            <dt>${title}</dt>
            <dd>${meaning}</dd>
          </div>`,
      )}
    </dl>
    ${
      structure
        ? html`<p>
            <button
              class="button small"
              @click=${() => {
                goToStructure(structure.key);
              }}
            >
              Show it among the structures
            </button>
          </p>`
        : nothing
    }
    <p class="calm">Choose an entry to see what it says and the bytes it is made of.</p>
  </div>`;
}

/** One entry: its cells, what of the disk it stands for, and bytes. */
export function tableEntry(
  { files }: Report,
  table: Table,
  { entry, target, guest, state, cells, index }: TableRow,
  findings: readonly ReportedFinding[],
  shown: Shown,
  show: (which: Shown) => void,
): TemplateResult {
  const place = shown === 'target' ? (target ?? entry) : (entry ?? target);
  const file = place && files.find(({ name }) => name === place.file);
  const choice = (which: Shown, words: string, place: Place | null): TemplateResult | typeof nothing => {
    if (!place) return nothing;
    return html`<button
      role="radio"
      aria-checked=${shown === which}
      @click=${() => {
        show(which);
      }}
    >
      ${words}
    </button>`;
  };
  return html`
    <header class="pane-head entry-head">
      <h2>Entry ${digits(index)} <span class="badge ${stateClass(state)}">${state}</span></h2>
      <dl>
        ${table.columns.map(
          ({ title, meaning }, column) =>
            html`<div title=${meaning}>
              <dt>${title}</dt>
              <dd>${cells[column] || '–'}</dd>
            </div>`,
        )}
        ${
          guest
            ? html`<div>
                <dt>On the disk</dt>
                <dd>
                  <button
                    class="link"
                    data-action="translate"
                    title="Where these bytes lie, step by step"
                    @click=${() => {
                      goToGuest(guest);
                    }}
                  >
                    ${icon('translate')}${size(guest.length)} from byte ${digits(guest.offset)}
                  </button>
                </dd>
              </div>`
            : nothing
        }
      </dl>
      ${findings.length > 0 ? findingList(findings) : nothing}
    </header>
    ${
      place && file
        ? html`<header class="pane-head hex-bar">
              <div class="segmented small" role="radiogroup" aria-label="Bytes shown">
                ${choice('entry', 'The entry', entry)} ${choice('target', 'What it points to', target)}
              </div>
              <span class="place" title=${place.file}
                >${placeText(place.offset, place.length)} of ${baseName(place.file)}</span
              >
              <button
                class="link"
                @click=${() => {
                  goToPlace(place);
                }}
              >
                Open
              </button>
            </header>
            <dg-hex .file=${file} .offset=${place.offset} .length=${place.length}></dg-hex>`
        : html`<p class="calm">It has no bytes of its own in the files.</p>`
    }
  `;
}
