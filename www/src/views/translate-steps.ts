import { type TemplateResult, html, nothing } from 'lit';
import { goToStructure } from '../actions.ts';
import type { Place, Report, StepTaken } from '../generated/types.ts';
import { fieldAt, structureAt } from '../selection.ts';
import { language, text } from '../text/index.ts';
import '../ui/byte-line.ts';
import { baseName, sentence } from '../ui/format.ts';

/** A translation as it is done by hand: each step with its arithmetic and the bytes that were looked at. */
export function stepList(report: Report, steps: readonly StepTaken[]): TemplateResult {
  return html`<ol class="steps">
    ${steps.map(
      ({ title, text: words, place }) =>
        html`<li class="step" lang="en">
          <h3>${title}</h3>
          <p>${sentence(words)}</p>
          ${place ? evidence(report, place) : nothing}
        </li>`,
    )}
  </ol>`;
}

/** The bytes that a step looked at, with the structure they belong to. */
function evidence(report: Report, place: Place): TemplateResult {
  const structure = structureAt(report, place.file, place.offset);
  const field = structure && fieldAt(structure, place.offset);
  return html`<div class="evidence">
    <p class="evidence-where">
      ${
        structure
          ? html`<button
              class="link"
              lang="en"
              @click=${() => {
                goToStructure(structure.key, field);
              }}
            >
              ${structure.title}${field === undefined ? nothing : html`, <code>${field}</code>`}
            </button>`
          : nothing
      }
      <span lang=${language()} title=${place.file}
        >${report.files.length > 1 || !structure ? `${baseName(place.file)}, ` : ''}${text().translate.bytes(place.length)}</span
      >
    </p>
    <dg-byte-line .place=${place}></dg-byte-line>
  </div>`;
}
