/** What is known of the selected bytes, and what they can mean. */

import { type TemplateResult, html, nothing } from 'lit';
import { goToGuest, goToRow, goToStructure, goToWhereabouts } from '../actions.ts';
import type { Address } from '../address.ts';
import type { File, Report } from '../generated/types.ts';
import { COPY_KINDS, type CopyKind } from '../ui/byte-text.ts';
import { meanings } from '../ui/decode.ts';
import { digits, hex, size } from '../ui/format.ts';
import { icon } from '../ui/icons.ts';
import { prose } from '../ui/prose.ts';
import { saveBytesForm } from './save-buttons.ts';

export { DECODED_BYTES } from '../ui/decode.ts';

/** What the inspector needs to know. */
export interface Inspected {
  report: Report;
  at: Address;
  file: File;
  offset: number;
  length: number;
  /** The bytes from the first selected one on; fewer at the end of the file. */
  bytes: Uint8Array | undefined;
  copy: (kind: CopyKind) => void;
}

/** The selection, what it belongs to, and its meanings. */
export function inspector(inspected: Inspected): TemplateResult {
  const { offset, length, copy } = inspected;
  const last = offset + length - 1;
  return html`
    <header class="pane-head">
      <h2>${length === 1 ? 'Byte' : `${digits(length)} bytes`}</h2>
      <dl class="facts-list">
        ${fact('Offset', html`<code>${hex(offset)}</code> ${digits(offset)}`)}
        ${length > 1 ? fact('Last', html`<code>${hex(last)}</code> ${digits(last)}`) : nothing}
        ${fact('Sector', html`${digits(Math.floor(offset / 512))}${offset % 512 === 0 ? '' : ` + ${digits(offset % 512)}`}`)}
        ${belongings(inspected)}
      </dl>
      <div class="buttons small-buttons" role="group" aria-label="Copy">
        <span class="note">Copy as</span>
        ${Object.entries(COPY_KINDS).map(
          ([kind, title]) =>
            html`<button
              class="button small"
              data-copy=${kind}
              @click=${() => {
                copy(kind as CopyKind);
              }}
            >
              ${title}
            </button>`,
        )}
      </div>
      ${saveBytesForm(inspected.report, inspected.file, offset, length)}
    </header>
    ${meaningTable(inspected.bytes)}
  `;
}

/** The structure, the table's row and the stretch of the disk that the bytes belong to. */
function belongings({ report, at, file, offset }: Inspected): TemplateResult {
  const structure = report.structures.find(({ key }) => key === at.structure);
  const field = structure?.fields.find(({ name }) => name === at.field);
  const { table, row, guest, span } = at;
  const title = report.tables.find(({ key }) => key === table)?.title;
  return html`
    ${
      structure
        ? fact(
            'Structure',
            html`<button
              class="link"
              @click=${() => {
                goToStructure(structure.key, field?.name);
              }}
            >
              ${structure.title}
            </button>`,
          )
        : nothing
    }
    ${field ? fact('Field', html`<code>${field.name}</code> = ${field.display || 'empty'}`) : nothing}
    ${field ? fact('Meaning', html`<span class="note">${prose(field.meaning)}</span>`) : nothing}
    ${
      table !== undefined && row !== undefined && title !== undefined
        ? fact(
            'Table',
            html`<button
              class="link"
              @click=${() => {
                goToRow(table, row);
              }}
            >
              ${title}, entry ${digits(row)}
            </button>`,
          )
        : nothing
    }
    ${
      guest === undefined
        ? nothing
        : fact(
            'On the disk',
            html`<button
              class="link"
              @click=${() => {
                goToGuest({ offset: guest, length: span ?? 1 });
              }}
            >
              ${icon('translate')}${size(span ?? 1)} from byte ${digits(guest)}
            </button>`,
          )
    }
    ${fact(
      'More',
      html`<button
        class="link"
        data-action="translate"
        @click=${() => {
          goToWhereabouts({ file: file.name, offset });
        }}
      >
        What lies here
      </button>`,
    )}
  `;
}

function fact(title: string, words: TemplateResult): TemplateResult {
  return html`<div>
    <dt>${title}</dt>
    <dd>${words}</dd>
  </div>`;
}

function meaningTable(bytes: Uint8Array | undefined): TemplateResult {
  if (!bytes) return html`<p class="calm waiting">Reading…</p>`;
  return html`<div class="scroll-x inspector" tabindex="0" role="region" aria-label="What the bytes can mean">
    <table class="grid">
      <thead>
        <tr>
          <th>Read as</th>
          <th>Little-endian</th>
          <th>Big-endian</th>
        </tr>
      </thead>
      <tbody>
        ${meanings(bytes).map(
          (meaning) =>
            html`<tr data-meaning=${meaning.name}>
              <th scope="row">${meaning.title}</th>
              ${
                'big' in meaning
                  ? html`<td>${meaning.little ?? '–'}</td>
                      <td>${meaning.big ?? '–'}</td>`
                  : html`<td colspan="2">${meaning.little ?? '–'}</td>`
              }
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
