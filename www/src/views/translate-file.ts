/** The answer to what lies at a byte of a file. */

import { type TemplateResult, html, nothing } from 'lit';
import { go, goToGuest, goToPlace, goToStructure } from '../actions.ts';
import type { Held, Report, Whereabouts } from '../generated/types.ts';
import { baseName, digits, hex, sentence, size } from '../ui/format.ts';
import { placeText } from '../ui/hex-pane.ts';
import { icon } from '../ui/icons.ts';
import { onRowKey } from '../ui/row-keys.ts';
import { stepList } from './translate-steps.ts';

/** The structure around the byte, and what the image keeps there. */
export function fileAnswer(
  report: Report,
  { place, structure, field, held }: Whereabouts,
  chosen: number,
  choose: (nth: number) => void,
): TemplateResult {
  const around = report.structures.find(({ key }) => key === structure);
  return html`
    <header class="answer-head">
      <h2>Byte ${hex(place.offset)} of ${baseName(place.file)}</h2>
      <p class="place">
        byte ${digits(place.offset)}
        <button
          class="link"
          data-action="show-bytes"
          @click=${() => {
            goToPlace(place);
          }}
        >
          Show it
        </button>
      </p>
    </header>
    ${
      around
        ? html`<p class="around">
            It belongs to
            <button
              class="link"
              data-around=${around.key}
              @click=${() => {
                goToStructure(around.key, field ?? undefined);
              }}
            >
              ${around.title}${field === null ? nothing : html`, <code>${field}</code>`}</button
            >.
          </p>`
        : nothing
    }
    ${
      held.length > 0
        ? html`<ul class="held-list">
            ${held.map((holding, nth) => heldItem(report, holding, nth, nth === chosen, choose))}
          </ul>`
        : html`<p class="calm">
            ${around ? 'No table entry leads here.' : 'Nothing of the image refers to it: no structure and no table entry leads here.'}
          </p>`
    }
  `;
}

function heldItem(
  report: Report,
  { what, place, table, row, guest, visible, image }: Held,
  nth: number,
  isChosen: boolean,
  choose: (nth: number) => void,
): TemplateResult {
  const title = report.tables.find(({ key }) => key === table)?.title;
  return html`<li
    class="held"
    data-held=${nth}
    data-visible=${visible ?? 'none'}
    tabindex=${isChosen ? 0 : -1}
    aria-current=${isChosen ? 'true' : nothing}
    @click=${() => {
      choose(nth);
    }}
    @keydown=${onRowKey}
  >
    <h3>${what}</h3>
    ${visible === null ? nothing : sight(visible)}
    <dl class="aligned">
      ${
        guest
          ? line(
              'On the disk',
              html`<button
                class="link"
                data-guest=${guest.offset}
                @click=${() => {
                  goToGuest(guest);
                }}
              >
                ${size(guest.length)} from byte ${digits(guest.offset)}
              </button>`,
            )
          : nothing
      }
      ${
        title !== undefined && table !== null && row !== null
          ? line(
              'By',
              html`<button
                class="link"
                data-entry=${row}
                @click=${() => {
                  go({ view: 'tables', table, row });
                }}
              >
                entry ${digits(row)} of ${title}
              </button>`,
            )
          : nothing
      }
      ${
        place
          ? line(
              'In the file',
              html`<button
                class="link"
                @click=${() => {
                  goToPlace(place);
                }}
              >
                ${placeText(place.offset, place.length)}
              </button>`,
            )
          : nothing
      }
      ${image === null || report.chain.length < 2 ? nothing : line('Image', html`<span title=${image}>${baseName(image)}</span>`)}
    </dl>
  </li>`;
}

function line(name: string, value: TemplateResult): TemplateResult {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}

/** Whether the guest sees these bytes. */
function sight(visible: boolean): TemplateResult {
  return visible
    ? html`<p class="told tone-ok">${icon('seen')}The guest sees these bytes.</p>`
    : html`<p class="told tone-calm">
        ${icon('unseen')}The guest does not see them: others take their place.
      </p>`;
}

/** How a holding is found by hand. */
export function holdingSteps(report: Report, { what, steps }: Held): TemplateResult {
  return html`
    <header class="pane-head steps-head">
      <h2>By hand</h2>
      <p class="place">${sentence(what)}</p>
    </header>
    ${stepList(report, steps)}
  `;
}
