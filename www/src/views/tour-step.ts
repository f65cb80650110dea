/** A step of a tour: what to know, what is read, and what is computed with it. */

import { type TemplateResult, html, nothing } from 'lit';
import type { Form, Place, Sum, TourReading, TourStop } from '../generated/types.ts';
import { text } from '../text/index.ts';
import { baseName, hex } from '../ui/format.ts';
import { prose } from '../ui/prose.ts';

/** What the parts of a step may do. */
export interface StepParts {
  /** Shows a place among the bytes; without it, places are only named. */
  show?: (place: Place) => void;
  /** The place that is shown. */
  shown?: Place | undefined;
  /** Name of the file that need not be named. */
  file?: string | undefined;
}

/** Everything of a step below its title. */
export function stepBody(step: TourStop, parts: StepParts = {}): TemplateResult {
  const { text: about, here, readings, sums } = step;
  const words = text().tour;
  return html`<p lang="en">${about}</p>
    ${here === null ? nothing : html`<p class="tour-here" lang="en">${here}</p>`}
    ${
      readings.length === 0
        ? nothing
        : html`<ul class="readings" aria-label=${words.read}>
            ${readings.map((each) => reading(each, parts))}
          </ul>`
    }
    ${
      sums.length === 0
        ? nothing
        : html`<ul class="sums" aria-label=${words.computed}>
            ${sums.map((each) => sum(each))}
          </ul>`
    }`;
}

function reading(
  { term, value, display, bytes, form, meaning, place }: TourReading,
  parts: StepParts,
): TemplateResult {
  const isLong = place !== null && place.length > 16;
  return html`<li class="reading" data-reading=${term}>
    <div class="reading-line">
      <b lang="en">${term}</b>
      <span class="reading-value"
        ><code data-value>${value}</code> <span class="note" lang="en">${besides(value, display)}</span></span
      >
    </div>
    ${
      place === null
        ? nothing
        : html`<div class="reading-line">
            <span
              ><code class="raw">${bytes}${isLong ? ' …' : ''}</code>
              <span class="note">${formOf(form, place)}</span></span
            >
            ${where(place, parts)}
          </div>`
    }
    <p class="note" lang="en">${prose(meaning)}</p>
  </li>`;
}

/** What the words for a value say besides the value itself: `512 bytes` is `bytes`. */
function besides(value: string, display: string): string {
  return display.startsWith(value) ? display.slice(value.length).trim() : display;
}

function formOf(form: Form, { length }: Place): string {
  const isNumber = form === 'big-endian' || form === 'little-endian';
  return isNumber && length === 1 ? text().tour.oneByte : text().tour.forms[form];
}

/** Where something lies, as a button where it can be shown. */
function where(place: Place, { show, shown, file }: StepParts): TemplateResult {
  const words =
    place.file === file
      ? text().tour.at(hex(place.offset))
      : text().tour.atOf(hex(place.offset), baseName(place.file));
  if (!show) return html`<span class="note">${words}</span>`;
  const isShown =
    shown?.file === place.file && shown.offset === place.offset && shown.length === place.length;
  return html`<button
    class="link"
    aria-pressed=${isShown}
    @click=${() => {
      show(place);
    }}
  >
    ${words}
  </button>`;
}

function sum({ what, terms, result }: Sum): TemplateResult {
  const number = BigInt(result);
  return html`<li>
    <span lang="en">${what}</span>
    <span
      ><code>${terms} = <b data-result>${result}</b></code
      >${number > 9n ? html` <span class="note">0x${number.toString(16)}</span>` : nothing}</span
    >
  </li>`;
}
