/** The answer to what lies at a byte of a file. */

import { type TemplateResult, html, nothing } from 'lit';
import { go, goToGuest, goToPlace, goToStructure } from '../actions.ts';
import type { Held, Report, Whereabouts } from '../generated/types.ts';
import { text } from '../text/index.ts';
import { baseName, hex, sentence, size } from '../ui/format.ts';
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
  const words = text().translate;
  const around = report.structures.find(({ key }) => key === structure);
  return html`
    <header class="answer-head">
      <h2>${words.byteOf(hex(place.offset), baseName(place.file))}</h2>
      <p class="place">
        ${words.byte(place.offset)}
        <button
          class="link"
          data-action="show-bytes"
          @click=${() => {
            goToPlace(place);
          }}
        >
          ${words.showIt}
        </button>
      </p>
    </header>
    ${
      around
        ? html`<p class="around">
            ${words.belongsTo(
              html`<button
                class="link"
                lang="en"
                data-around=${around.key}
                @click=${() => {
                  goToStructure(around.key, field ?? undefined);
                }}
              >
                ${around.title}${field === null ? nothing : html`, <code>${field}</code>`}
              </button>`,
            )}
          </p>`
        : nothing
    }
    ${
      held.length > 0
        ? html`<ul class="held-list">
            ${held.map((holding, nth) => heldItem(report, holding, nth, nth === chosen, choose))}
          </ul>`
        : html`<p class="calm">${around ? words.noEntry : words.nothingHere}</p>`
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
  const words = text().translate;
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
    <h3 lang="en">${what}</h3>
    ${visible === null ? nothing : sight(visible)}
    <dl class="aligned">
      ${
        guest
          ? line(
              words.onTheDisk,
              html`<button
                class="link"
                data-guest=${guest.offset}
                @click=${() => {
                  goToGuest(guest);
                }}
              >
                ${text().common.fromByte(size(guest.length), guest.offset)}
              </button>`,
            )
          : nothing
      }
      ${
        title !== undefined && table !== null && row !== null
          ? line(
              words.by,
              html`<button
                class="link"
                data-entry=${row}
                @click=${() => {
                  go({ view: 'tables', table, row });
                }}
              >
                ${words.entryOf(row, html`<span lang="en">${title}</span>`)}
              </button>`,
            )
          : nothing
      }
      ${
        place
          ? line(
              words.inTheFile,
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
      ${image === null || report.chain.length < 2 ? nothing : line(words.image, html`<span title=${image}>${baseName(image)}</span>`)}
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
    ? html`<p class="told tone-ok">${icon('seen')}${text().translate.seen}</p>`
    : html`<p class="told tone-calm">${icon('unseen')}${text().translate.unseen}</p>`;
}

/** How a holding is found by hand. */
export function holdingSteps(report: Report, { what, steps }: Held): TemplateResult {
  return html`
    <header class="pane-head steps-head">
      <h2>${text().translate.byHand}</h2>
      <p class="place" lang="en">${sentence(what)}</p>
    </header>
    ${stepList(report, steps)}
  `;
}
