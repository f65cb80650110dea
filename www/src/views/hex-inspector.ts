/** What is known of the selected bytes, and what they can mean. */

import { type TemplateResult, html, nothing } from 'lit';
import { goToGuest, goToRow, goToStructure, goToWhereabouts } from '../actions.ts';
import type { Address } from '../address.ts';
import type { File, Report } from '../generated/types.ts';
import { text } from '../text/index.ts';
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
  const words = text().hex;
  const last = offset + length - 1;
  return html`
    <header class="pane-head">
      <h2>${words.bytes(length)}</h2>
      <dl class="facts-list">
        ${fact(words.offset, html`<code>${hex(offset)}</code> ${digits(offset)}`)}
        ${length > 1 ? fact(words.last, html`<code>${hex(last)}</code> ${digits(last)}`) : nothing}
        ${fact(words.sector, html`${digits(Math.floor(offset / 512))}${offset % 512 === 0 ? '' : ` + ${digits(offset % 512)}`}`)}
        ${belongings(inspected)}
      </dl>
      <div class="buttons small-buttons" role="group" aria-label=${words.copy}>
        <span class="note">${words.copyAs}</span>
        ${COPY_KINDS.map(
          (kind) =>
            html`<button
              class="button small"
              data-copy=${kind}
              @click=${() => {
                copy(kind);
              }}
            >
              ${words.copyKinds[kind]}
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
  const words = text().hex;
  const { table, row, guest, span } = at;
  const title = report.tables.find(({ key }) => key === table)?.title;
  return html`
    ${
      structure
        ? fact(
            words.structure,
            html`<button
              class="link"
              lang="en"
              @click=${() => {
                goToStructure(structure.key, field?.name);
              }}
            >
              ${structure.title}
            </button>`,
          )
        : nothing
    }
    ${field ? fact(words.field, html`<code>${field.name}</code> = ${field.display ? html`<span lang="en">${field.display}</span>` : words.empty}`) : nothing}
    ${field ? fact(words.meaning, html`<span class="note" lang="en">${prose(field.meaning)}</span>`) : nothing}
    ${
      table !== undefined && row !== undefined && title !== undefined
        ? fact(
            words.table,
            html`<button
              class="link"
              @click=${() => {
                goToRow(table, row);
              }}
            >
              ${words.entry(html`<span lang="en">${title}</span>`, row)}
            </button>`,
          )
        : nothing
    }
    ${
      guest === undefined
        ? nothing
        : fact(
            words.onTheDisk,
            html`<button
              class="link"
              @click=${() => {
                goToGuest({ offset: guest, length: span ?? 1 });
              }}
            >
              ${icon('translate')}${text().common.fromByte(size(span ?? 1), guest)}
            </button>`,
          )
    }
    ${fact(
      words.more,
      html`<button
        class="link"
        data-action="translate"
        @click=${() => {
          goToWhereabouts({ file: file.name, offset });
        }}
      >
        ${words.liesHere}
      </button>`,
    )}
  `;
}

function fact(title: string, value: TemplateResult): TemplateResult {
  return html`<div>
    <dt>${title}</dt>
    <dd>${value}</dd>
  </div>`;
}

function meaningTable(bytes: Uint8Array | undefined): TemplateResult {
  const words = text().hex;
  if (!bytes) return html`<p class="calm waiting">${words.reading}</p>`;
  return html`<div class="scroll-x inspector" tabindex="0" role="region" aria-label=${words.meanings}>
    <table class="grid">
      <thead>
        <tr>
          <th>${words.readAs}</th>
          <th>${words.little}</th>
          <th>${words.big}</th>
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
