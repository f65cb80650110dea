/** The answer to where a stretch of the guest's disk lies. */

import { type TemplateResult, html, nothing } from 'lit';
import { go, goToGuest, goToPlace, goToWhereabouts } from '../actions.ts';
import type { Piece, Report, Translation } from '../generated/types.ts';
import { text } from '../text/index.ts';
import { baseName, digits, hex, size } from '../ui/format.ts';
import { placeText } from '../ui/hex-pane.ts';
import { onRowKey } from '../ui/row-keys.ts';
import { diskBytes, sectorBytes } from './translate-forms.ts';
import { stepList } from './translate-steps.ts';
import { sourceClass } from './table-states.ts';

/** The pieces, in the order of the disk. */
export function guestAnswer(
  report: Report,
  { guest, pieces, next }: Translation,
  asked: number | undefined,
  chosen: number,
  choose: (nth: number) => void,
): TemplateResult {
  const words = text().translate;
  const hasLayers = report.chain.length > 1;
  return html`
    <header class="answer-head">
      <h2>${words.guestByte(guest.offset)}</h2>
      <p class="place">${placesOf(report, guest.offset)}</p>
    </header>
    <p>${words.inPieces(size(guest.length), pieces.length)}</p>
    <div class="scroll-x">
      <table class="grid pieces">
        <thead>
          <tr>
            <th class="numeric">${words.columns.guest}</th>
            <th class="numeric">${words.columns.length}</th>
            <th>${words.columns.source}</th>
            <th class="numeric">${words.columns.offset}</th>
            <th>${words.file}</th>
            ${hasLayers ? html`<th>${words.image}</th>` : nothing}
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
                <td><i class="dot ${sourceClass(piece.source)}"></i>${words.sources[piece.source]}</td>
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
  const words = text().translate;
  return html`<p class="go-on">
    <button
      class="button"
      data-action="next-pieces"
      @click=${() => {
        goToGuest({ offset: next, length: Math.max(1, left) });
      }}
    >
      ${words.goOn(next)}
    </button>
    <span class="note">${words.left(size(left))}</span>
  </p>`;
}

/** The same place in the other ways to say it: hexadecimal, sector, partition. */
function placesOf(report: Report, offset: number): string {
  const words = text().translate;
  const bytes = sectorBytes(report);
  const sector = Math.floor(offset / bytes);
  const within = offset % bytes;
  const places = [hex(offset), words.sector(sector, within)];
  const entry = (report.partitions?.entries ?? []).find(
    ({ role, first_sector, sector_count }) =>
      role === 'partition' && sector >= first_sector && sector < first_sector + sector_count,
  );
  if (entry) {
    const from = offset - entry.first_sector * bytes;
    places.push(words.inPartition(from, entry.index));
  }
  return places.join(' · ');
}

/** How one piece is found by hand. */
export function pieceSteps(report: Report, piece: Piece, nth: number | undefined): TemplateResult {
  const words = text().translate;
  const { source, place, guest, image, steps } = piece;
  return html`
    <header class="pane-head steps-head">
      <h2>${nth === undefined ? words.byHand : words.byHandPiece(nth + 1)}</h2>
      <p class="place">
        ${words.guestBytes(guest.offset, guest.offset + guest.length - 1)} ${words.sourcesMean[source]}
        ${image !== null && image !== report.image?.key ? words.decides(baseName(image)) : nothing}
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
                ${words.placeIn(placeText(place.offset, place.length), baseName(place.file))}
              </button>
              <button
                class="link"
                data-action="way-back"
                @click=${() => {
                  goToWhereabouts(place);
                }}
              >
                ${words.wayBack}
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
                ${words.seeMissing}
              </button>
            </p>`
          : nothing
      }
    </header>
    ${stepList(report, steps)}
  `;
}
