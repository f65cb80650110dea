/** Where things can be saved: the disk, a partition, the rows of a table, bytes. */

import { type TemplateResult, html, nothing } from 'lit';
import { store } from '../actions.ts';
import type { Entry, File, Report } from '../generated/types.ts';
import { saveBytes, saveDisk, savePartition, saveTable } from '../save.ts';
import { text } from '../text/index.ts';
import { digits } from '../ui/format.ts';
import { parseBytes } from '../ui/offset.ts';
import { diskBytes, sectorBytes } from './translate-forms.ts';

export function saveDiskButton(): TemplateResult | typeof nothing {
  const { state } = store;
  if (!state.report?.image || diskBytes(state.report) === 0) return nothing;
  const words = text().saving;
  return html`<button class="link" data-action="save-disk" title=${words.diskWhy} @click=${saveDisk}>
    ${words.disk}
  </button>`;
}

export function savePartitionButton(entry: Entry, sectorBytes: number): TemplateResult {
  return html`<button
    class="button small"
    data-action="save-partition"
    ?disabled=${entry.sector_count === 0}
    @click=${() => {
      savePartition(entry, sectorBytes);
    }}
  >
    ${text().saving.partition}
  </button>`;
}

/** Saves the rows that are listed: those of some states, or all. */
export function saveTableButtons(key: string, filter: string | undefined): TemplateResult {
  const words = text().saving;
  return html`<div class="save-table" role="group" aria-label=${words.table}>
    <span class="note">${words.tableShort}</span>
    ${(['ndjson', 'csv'] as const).map(
      (form) =>
        html`<button
          class="link"
          data-action="save-${form}"
          title=${words.table}
          @click=${() => {
            saveTable(key, filter, form);
          }}
        >
          ${form.toUpperCase()}
        </button>`,
    )}
  </div>`;
}

/** Saves a range of bytes: at first the selected one. */
export function saveBytesForm(report: Report, file: File, offset: number, length: number): TemplateResult {
  const words = text().saving;
  const field = (name: string, label: string, value: number): TemplateResult =>
    html`<label
      >${label}
      <input
        name=${name}
        size="10"
        autocomplete="off"
        spellcheck="false"
        .value=${String(value)}
        @input=${(event: Event) => {
          if (event.target instanceof HTMLInputElement) event.target.setCustomValidity('');
        }}
    /></label>`;
  return html`<form
    class="save-bytes"
    novalidate
    aria-label=${words.bytes}
    @submit=${(event: SubmitEvent) => {
      event.preventDefault();
      if (event.currentTarget instanceof HTMLFormElement) submit(event.currentTarget, report, file);
    }}
  >
    ${field('from', words.from, offset)} ${field('length', words.length, length)}
    <select name="of" aria-label=${words.bytes}>
      <option value="file">${words.ofFile}</option>
      <option value="disk" ?disabled=${diskBytes(report) === 0}>${words.ofDisk}</option>
    </select>
    <button class="button small" data-action="save-bytes">${words.go}</button>
  </form>`;
}

function submit(form: HTMLFormElement, report: Report, file: File): void {
  const [from, length] = ['from', 'length'].map((name) => form.elements.namedItem(name));
  const of = form.elements.namedItem('of');
  if (!(from instanceof HTMLInputElement && length instanceof HTMLInputElement)) return;
  const isDisk = of instanceof HTMLSelectElement && of.value === 'disk';
  const size = isDisk ? diskBytes(report) : (file.size ?? 0);
  const [start, many] = [from, length].map(({ value }) => parseBytes(value, sectorBytes(report)));
  const words = text().saving;
  from.setCustomValidity(start?.wrong ?? '');
  length.setCustomValidity(many?.wrong ?? (many?.bytes === 0 ? words.empty : ''));
  if (start?.bytes !== undefined && many?.bytes !== undefined && start.bytes + many.bytes > size) {
    length.setCustomValidity(words.pastEnd(digits(size)));
  }
  // The browser says what is wrong, at the field.
  if (!form.reportValidity() || start?.bytes === undefined || many?.bytes === undefined) return;
  saveBytes(isDisk ? undefined : file.name, start.bytes, many.bytes);
}
