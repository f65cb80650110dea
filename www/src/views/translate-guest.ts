/** The answer to where a stretch of the guest's disk lies. */

import { type TemplateResult, html, nothing } from 'lit';
import { go, goToGuest, goToPlace, goToWhereabouts } from '../actions.ts';
import type { Piece, Report, Source, Translation } from '../generated/types.ts';
import { baseName, count, digits, hex, size } from '../ui/format.ts';
import { placeText } from '../ui/hex-pane.ts';
import { onRowKey } from '../ui/row-keys.ts';
import { diskBytes, sectorBytes } from './translate-forms.ts';
import { stepList } from './translate-steps.ts';
import { sourceClass } from './table-states.ts';

const SOURCES: Record<Source, { word: string; meaning: string }> = {
  data: { word: 'data', meaning: 'They lie in the file as the guest sees them.' },
  compressed: { word: 'compressed', meaning: 'They are inflated from a stretch of the file.' },
  zero: { word: 'zeros', meaning: 'The guest reads zeros, and no file holds them.' },
  absent: { word: 'missing', meaning: 'They lie in a file that was not given.' },
  invalid: { word: 'unreadable', meaning: 'What should lead to them leads nowhere.' },
};

/** The pieces, in the order of the disk. */
export function guestAnswer(
  report: Report,
  { guest, pieces, next }: Translation,
  asked: number | undefined,
  chosen: number,
  choose: (nth: number) => void,
): TemplateResult {
  const hasLayers = report.chain.length > 1;
  return html`
    <header class="answer-head">
      <h2>Guest byte ${digits(guest.offset)}</h2>
      <p class="place">${placesOf(report, guest.offset)}</p>
    </header>
    <p>${size(guest.length)} in ${count(pieces.length, 'piece')}.</p>
    <div class="scroll-x">
      <table class="grid pieces">
        <thead>
          <tr>
            <th class="numeric">Guest byte</th>
            <th class="numeric">Length</th>
            <th>Source</th>
            <th class="numeric">Offset</th>
            <th>File</th>
            ${hasLayers ? html`<th>Image</th>` : nothing}
          </tr>
        </thead>
        <tbody>
          ${pieces.map(
            (piece, nth) =>
              html`<tr
                data-piece=${nth}
                data-source=${piece.source}
                tabindex=${nth === chosen ? 0 : -1}
                aria-selected=${nth === chosen}
                @click=${() => {
                  choose(nth);
                }}
                @keydown=${onRowKey}
              >
                <td class="numeric">${digits(piece.guest.offset)}</td>
                <td class="numeric">${size(piece.guest.length)}</td>
                <td><i class="dot ${sourceClass(piece.source)}"></i>${SOURCES[piece.source].word}</td>
                <td class="numeric">${piece.place ? html`<code>${hex(piece.place.offset)}</code>` : ''}</td>
                <td title=${piece.place?.file ?? ''}>${piece.place ? baseName(piece.place.file) : ''}</td>
                ${hasLayers ? html`<td title=${piece.image ?? ''}>${piece.image === null ? '' : baseName(piece.image)}</td>` : nothing}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${next === null ? nothing : goOn(next, Math.min(guest.offset + (asked ?? 0), diskBytes(report)) - next)}
  `;
}

function goOn(next: number, left: number): TemplateResult {
  return html`<p class="go-on">
    <button
      class="button"
      data-action="next-pieces"
      @click=${() => {
        goToGuest({ offset: next, length: Math.max(1, left) });
      }}
    >
      Go on from byte ${digits(next)}
    </button>
    <span class="note">${size(left)} of what was asked for lie in further pieces.</span>
  </p>`;
}

/** The same place in the other ways to say it: hexadecimal, sector, partition. */
function placesOf(report: Report, offset: number): string {
  const bytes = sectorBytes(report);
  const sector = Math.floor(offset / bytes);
  const within = offset % bytes;
  const places = [hex(offset), `sector ${digits(sector)}${within === 0 ? '' : `, byte ${digits(within)}`}`];
  const entry = (report.partitions?.entries ?? []).find(
    ({ role, first_sector, sector_count }) =>
      role === 'partition' && sector >= first_sector && sector < first_sector + sector_count,
  );
  if (entry) {
    const from = offset - entry.first_sector * bytes;
    places.push(
      from === 0
        ? `start of partition ${String(entry.index)}`
        : `byte ${digits(from)} of partition ${String(entry.index)}`,
    );
  }
  return places.join(' · ');
}

/** How one piece is found by hand. */
export function pieceSteps(report: Report, piece: Piece, nth: number | undefined): TemplateResult {
  const { source, place, guest, image, steps } = piece;
  return html`
    <header class="pane-head steps-head">
      <h2>By hand${nth === undefined ? nothing : `: piece ${digits(nth + 1)}`}</h2>
      <p class="place">
        Guest bytes ${digits(guest.offset)} to ${digits(guest.offset + guest.length - 1)}.
        ${SOURCES[source].meaning}
        ${image !== null && image !== report.image?.key ? html`<b>${baseName(image)}</b> decides.` : nothing}
      </p>
      ${
        place
          ? html`<p class="steps-result">
              <button
                class="button small"
                data-action="show-bytes"
                title=${place.file}
                @click=${() => {
                  goToPlace(place);
                }}
              >
                ${placeText(place.offset, place.length)} of ${baseName(place.file)}
              </button>
              <button
                class="link"
                data-action="way-back"
                @click=${() => {
                  goToWhereabouts(place);
                }}
              >
                The way back
              </button>
            </p>`
          : nothing
      }
      ${
        source === 'absent'
          ? html`<p>
              <button
                class="link"
                @click=${() => {
                  go({ view: 'chain' });
                }}
              >
                See what is missing
              </button>
            </p>`
          : nothing
      }
    </header>
    ${stepList(report, steps)}
  `;
}
