/** The questions of the translation: a place of the guest's disk, or a byte of a file. */

import { type TemplateResult, html, nothing } from 'lit';
import type { GuestRange, Report } from '../generated/types.ts';
import { text } from '../text/index.ts';
import { baseName, size } from '../ui/format.ts';
import { parseBytes, parsePlace } from '../ui/offset.ts';
import { entryName } from './disk-bar.ts';

/** Bytes that are asked for where the reader says nothing: a sector. */
export const USUAL_SPAN = 512;

/** Partitions whose first sectors are offered. */
const MOST_PICKS = 8;

/** Bytes of a sector, as the disk's own tables count. */
export function sectorBytes({ partitions, image }: Report): number {
  return partitions?.sector_bytes ?? image?.logical_sector_bytes ?? 512;
}

/** Bytes of the guest's disk, as far as that is known. */
export function diskBytes({ image }: Report): number {
  return image?.virtual_size_bytes ?? 0;
}

/** Asks for a place of the guest's disk and a length. */
export function guestForm(
  report: Report,
  guest: number | undefined,
  span: number | undefined,
  ask: (range: GuestRange) => void,
): TemplateResult {
  const words = text().translate;
  const sector = sectorBytes(report);
  const disk = { what: text().common.theDisk, size: diskBytes(report) };
  return html`<form
      class="question"
      novalidate
      @submit=${(event: SubmitEvent) => {
        event.preventDefault();
        const form = formOf(event);
        if (!form) return;
        const from = parsePlace(valueOf(form, 'guest'), disk, sector);
        const length =
          valueOf(form, 'span').trim() === ''
            ? { bytes: USUAL_SPAN }
            : parseBytes(valueOf(form, 'span'), sector);
        complain(form, 'guest', from.wrong);
        complain(
          form,
          'span',
          from.wrong === undefined ? (length.wrong ?? tooShort(length.bytes)) : undefined,
        );
        if (from.bytes !== undefined && length.bytes) ask({ offset: from.bytes, length: length.bytes });
      }}
      @input=${forgive}
    >
      <label>
        <span>${words.place}</span>
        <input
          name="guest"
          data-shortcut
          .value=${guest === undefined ? '' : String(guest)}
          placeholder=${words.placeExample}
          autocomplete="off"
          spellcheck="false"
          aria-describedby="wrong-place guest-hint"
        />
      </label>
      <label class="question-length">
        <span>${words.length}</span>
        <input
          name="span"
          .value=${span === undefined || span === USUAL_SPAN ? '' : String(span)}
          placeholder=${words.lengthExample(USUAL_SPAN)}
          autocomplete="off"
          spellcheck="false"
          aria-describedby="wrong-place"
        />
      </label>
      <button class="button primary">${words.submit}</button>
      <p class="wrong" id="wrong-place" role="alert"></p>
    </form>
    <p class="note" id="guest-hint">${words.guestHint(sector, disk.size)}</p>
    ${picks(report, ask)}`;
}

/** Places worth asking for. */
function picks(report: Report, ask: (range: GuestRange) => void): TemplateResult | typeof nothing {
  const words = text().translate;
  const sector = sectorBytes(report);
  const total = diskBytes(report);
  if (total < sector) return nothing;
  const partitions = (report.partitions?.entries ?? [])
    .filter(({ first_sector }) => first_sector * sector < total)
    .slice(0, MOST_PICKS)
    .map((entry): [string, number] => [
      words.partition(entry.index, entryName(entry)),
      entry.first_sector * sector,
    ]);
  const places: [string, number][] = [
    [words.firstSector, 0],
    ...partitions,
    [words.lastSector, total - sector],
  ];
  return html`<div class="picks">
    ${places.map(
      ([name, offset]) =>
        html`<button
          class="button small"
          data-pick=${offset}
          @click=${() => {
            ask({ offset, length: sector });
          }}
        >
          ${name}
        </button>`,
    )}
  </div>`;
}

/** Asks for a byte of a file. */
export function fileForm(
  { files }: Report,
  file: string,
  offset: number,
  ask: (place: { file: string; offset: number }) => void,
): TemplateResult {
  const words = text().translate;
  const submit = (event: Event): void => {
    event.preventDefault();
    const form = formOf(event);
    if (!form) return;
    const chosen =
      files.find(({ name }) => name === (files.length > 1 ? valueOf(form, 'file') : file)) ?? files[0];
    if (!chosen) return;
    const from = parsePlace(valueOf(form, 'offset'), { what: baseName(chosen.name), size: chosen.size ?? 0 });
    complain(form, 'offset', from.wrong);
    if (from.bytes !== undefined) ask({ file: chosen.name, offset: from.bytes });
  };
  return html`<form class="question" novalidate @submit=${submit} @input=${forgive}>
      ${
        files.length > 1
          ? html`<label>
              <span>${words.file}</span>
              <select name="file">
                ${files.map(({ name }) => html`<option value=${name} ?selected=${name === file}>${name}</option>`)}
              </select>
            </label>`
          : nothing
      }
      <label>
        <span>${words.fileByte}</span>
        <input
          name="offset"
          data-shortcut
          .value=${`0x${offset.toString(16)}`}
          placeholder="0x200"
          autocomplete="off"
          spellcheck="false"
          aria-describedby="wrong-offset offset-hint"
        />
      </label>
      <button class="button primary">${words.liesHere}</button>
      <p class="wrong" id="wrong-offset" role="alert"></p>
    </form>
    <p class="note" id="offset-hint">
      ${words.fileHint()}
      ${files
        .filter(({ name }) => name === file)
        .map(({ size: bytes }) => (bytes === null ? '' : words.fileSize(bytes, size(bytes))))}
    </p>`;
}

function formOf({ currentTarget }: Event): HTMLFormElement | undefined {
  return currentTarget instanceof HTMLFormElement ? currentTarget : undefined;
}

function valueOf(form: HTMLFormElement, name: string): string {
  const value = new FormData(form).get(name);
  return typeof value === 'string' ? value : '';
}

function tooShort(bytes: number | undefined): string | undefined {
  return bytes === 0 ? text().translate.tooShort : undefined;
}

/** Says what is wrong with a field, or that nothing is. */
function complain(form: HTMLFormElement, name: string, wrong: string | undefined): void {
  const field = form.elements.namedItem(name);
  const words = form.querySelector('.wrong');
  if (!(field instanceof HTMLInputElement) || !words) return;
  field.toggleAttribute('aria-invalid', wrong !== undefined);
  if (wrong !== undefined) {
    words.textContent = wrong;
    field.focus();
    field.select();
  } else if (!form.querySelector('[aria-invalid]')) words.textContent = '';
}

function forgive(event: Event): void {
  if (event.target instanceof HTMLInputElement) event.target.removeAttribute('aria-invalid');
}
