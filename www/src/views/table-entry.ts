/** What is shown beside a table: what its columns mean, or the chosen entry with its bytes. */

import { type TemplateResult, html, nothing } from 'lit';
import { goToGuest, goToPlace, goToStructure } from '../actions.ts';
import type { Place, Report, ReportedFinding, Table, TableRow } from '../generated/types.ts';
import { nameOf, text } from '../text/index.ts';
import { baseName, size } from '../ui/format.ts';
import { placeText } from '../ui/hex-pane.ts';
import { icon } from '../ui/icons.ts';
import { findingList } from './finding-line.ts';
import { stateClass } from './table-states.ts';

/** Whether the bytes of the entry or those it points to are shown. */
export type Shown = 'entry' | 'target';

/** What the table is, and what its columns mean. */
export function tableLegend({ structures }: Report, table: Table): TemplateResult {
  const structure = structures.find(({ key }) => key === table.key);
  const words = text().tables;
  return html`<div class="side-empty">
    <h2 lang="en">${table.title}</h2>
    ${structure?.note ? html`<p lang="en">${structure.note}</p>` : nothing}
    <dl class="column-list" lang="en">
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
              ${words.showStructure}
            </button>
          </p>`
        : nothing
    }
    <p class="calm">${words.choose}</p>
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
  const words = text().tables;
  const place = shown === 'target' ? (target ?? entry) : (entry ?? target);
  const file = place && files.find(({ name }) => name === place.file);
  const choice = (which: Shown, name: string, place: Place | null): TemplateResult | typeof nothing => {
    if (!place) return nothing;
    return html`<button
      role="radio"
      aria-checked=${shown === which}
      @click=${() => {
        show(which);
      }}
    >
      ${name}
    </button>`;
  };
  return html`
    <header class="pane-head entry-head">
      <h2>
        ${words.entry(index)} <span class="badge ${stateClass(state)}">${nameOf(words.states, state)}</span>
      </h2>
      <dl>
        ${table.columns.map(
          ({ title, meaning }, column) =>
            html`<div lang="en" title=${meaning}>
              <dt>${title}</dt>
              <dd>${cells[column] || '–'}</dd>
            </div>`,
        )}
        ${
          guest
            ? html`<div>
                <dt>${words.onTheDisk}</dt>
                <dd>
                  <button
                    class="link"
                    data-action="translate"
                    title=${words.where}
                    @click=${() => {
                      goToGuest(guest);
                    }}
                  >
                    ${icon('translate')}${text().common.fromByte(size(guest.length), guest.offset)}
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
              <div class="segmented small" role="radiogroup" aria-label=${words.bytesShown}>
                ${choice('entry', words.theEntry, entry)} ${choice('target', words.target, target)}
              </div>
              <span class="place" title=${place.file}
                >${text().translate.placeIn(placeText(place.offset, place.length), baseName(place.file))}</span
              >
              <button
                class="link"
                @click=${() => {
                  goToPlace(place);
                }}
              >
                ${words.open}
              </button>
            </header>
            <dg-hex .file=${file} .offset=${place.offset} .length=${place.length}></dg-hex>`
        : html`<p class="calm">${words.noBytes}</p>`
    }
  `;
}
