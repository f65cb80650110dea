import { LitElement, type PropertyValues, type TemplateResult, html } from 'lit';
import { ask, goToPlace, store } from '../actions.ts';
import type { Place } from '../generated/types.ts';
import { text } from '../text/index.ts';
import { hex } from './format.ts';
import { asciiText } from './hex-runs.ts';

/** Bytes shown of a place. */
const MOST_BYTES = 16;

/** The first bytes of a place, in a line as a hex editor shows them; a click leads to them. */
export class ByteLine extends LitElement {
  static override properties = {
    place: { attribute: false },
    bytes: { state: true },
  };

  declare place: Place;
  declare bytes: Uint8Array | Error | undefined;

  /** The set of files that the bytes come from. */
  #set: unknown;

  protected override createRenderRoot(): this {
    return this;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('place');
    const { file, offset, length } = this.place;
    const isSame = before?.file === file && before.offset === offset && before.length === length;
    if (this.#set === store.state.files && (isSame || !changed.has('place'))) return;
    this.#set = store.state.files;
    this.bytes = undefined;
    void this.#fetch(this.place);
  }

  async #fetch(place: Place): Promise<void> {
    const { file, offset, length } = place;
    let bytes: Uint8Array | Error | undefined;
    try {
      bytes = await ask('bytes', { file, offset, length: Math.min(MOST_BYTES, Math.max(1, length)) });
    } catch (error) {
      bytes = error instanceof Error ? error : new Error(String(error));
    }
    if (place === this.place) this.bytes = bytes;
  }

  protected override render(): TemplateResult {
    const { bytes, place } = this;
    const more = place.length > MOST_BYTES;
    return html`<button
      class="byte-line"
      data-place=${place.offset}
      title=${text().findings.showBytesIn(place.file)}
      @click=${() => {
        goToPlace(place);
      }}
    >
      <span class="byte-offset">${hex(place.offset, 8)}</span>${
        bytes instanceof Uint8Array
          ? html`<span class="byte-pairs">${pairs(bytes)}${more ? ' …' : ''}</span
              ><span class="byte-text" aria-hidden="true">${asciiText(bytes)}</span>`
          : html`<span class="byte-pairs waiting">${bytes?.message ?? ''}</span>`
      }
    </button>`;
  }
}

function pairs(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

customElements.define('dg-byte-line', ByteLine);
