import { LitElement, type PropertyValues, type TemplateResult, html, nothing } from 'lit';
import { ask, select } from '../actions.ts';
import type { Address } from '../address.ts';
import type { File, Report } from '../generated/types.ts';
import { fieldPlace, ofBytes, ofGuest } from '../selection.ts';
import { nameOf, text } from '../text/index.ts';
import { type CopyKind, byteText } from '../ui/byte-text.ts';
import { copyText } from '../ui/clipboard.ts';
import '../ui/divider.ts';
import { baseName, percent, size } from '../ui/format.ts';
import '../ui/hex-pane.ts';
import { icon } from '../ui/icons.ts';
import { NEEDLE_KINDS, type NeedleKind, parseNeedle } from '../ui/needle.ts';
import { parsePlace } from '../ui/offset.ts';
import { Seeker } from '../ui/seek.ts';
import { DECODED_BYTES, inspector } from './hex-inspector.ts';
import { diskBytes, sectorBytes } from './translate-forms.ts';

/** Bytes of a file that are asked for at once. */
const CHUNK_BYTES = 64 << 10;

/** As many bytes are copied at most. */
const MOST_COPIED = 1 << 20;

/** The bytes of a file: any place of it, what its structures say of them, a search, and what a few bytes can mean. */
export class Bytes extends LitElement {
  static override properties = {
    report: { attribute: false },
    at: { attribute: false },
    kind: { state: true },
    place: { state: true },
    notice: { state: true },
    share: { state: true },
    decoded: { state: true },
  };

  declare report: Report;
  declare at: Address;
  /** What the text that is searched for stands for. */
  declare kind: NeedleKind;
  /** Whether a typed place is one of the file or one of the disk. */
  declare place: 'file' | 'disk';
  /** What came of the last search, jump or copy. */
  declare notice: string;
  /** How far the running search has gone, from 0 to 1. */
  declare share: number | undefined;
  /** The bytes from the selected one on. */
  declare decoded: Uint8Array | undefined;

  readonly #seeker = new Seeker();

  constructor() {
    super();
    this.kind = 'hex';
    this.place = 'file';
    this.notice = '';
  }

  protected override createRenderRoot(): this {
    return this;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#seeker.stop();
  }

  get #file(): File | undefined {
    const { files, image } = this.report;
    const name = this.at.file ?? image?.key;
    return files.find((file) => file.name === name) ?? files[0];
  }

  get #offset(): number {
    return this.at.file === undefined ? 0 : (this.at.offset ?? 0);
  }

  get #length(): number {
    return Math.max(1, this.at.file === undefined ? 1 : (this.at.length ?? 1));
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('at') || changed.has('report')) void this.#decode();
  }

  async #decode(): Promise<void> {
    const { at } = this;
    const file = this.#file;
    if (!file) return;
    const offset = this.#offset;
    const bytes = await ask('bytes', { file: file.name, offset, length: DECODED_BYTES }).catch(
      () => undefined,
    );
    if (at === this.at) this.decoded = bytes;
  }

  protected override render(): TemplateResult {
    const file = this.#file;
    if (!file) return html`<div class="page"><p class="calm">${text().hex.noFile}</p></div>`;
    const words = text().hex;
    const { report } = this;
    // Where nothing is selected yet, it is the first byte.
    const at =
      this.at.file === undefined
        ? { ...this.at, ...ofBytes(report, { file: file.name, offset: 0, length: 1 }) }
        : this.at;
    const structure = report.structures.find(({ key }) => key === at.structure);
    const whole = structure && fieldPlace(structure, undefined);
    const isWhole =
      at.field === undefined &&
      whole?.offset === at.offset &&
      whole?.length === at.length &&
      this.#length > 64;
    return html`<h1 class="unseen">${words.title}</h1>
      <div class="panes byte-panes">
        <section class="pane hex-pane" aria-label=${words.title}>
          <header class="pane-head byte-bar">
            ${this.#chooser(file)} ${this.#goTo(file)} ${this.#search(file)}
            <p class="byte-notice" role="status">${this.notice}</p>
          </header>
          <dg-hex
            .file=${file}
            .structure=${structure}
            .offset=${this.#offset}
            .length=${this.#length}
            .marked=${!isWhole}
            .hasCursor=${true}
          ></dg-hex>
        </section>
        <dg-divider name="inspector" toward="after" aria-label=${words.detailsWidth}></dg-divider>
        <section class="pane inspector-pane" aria-label=${words.selected}>
          ${inspector({
            report,
            at,
            file,
            offset: this.#offset,
            length: this.#length,
            bytes: this.decoded,
            copy: (kind) => {
              void this.#copy(file, kind);
            },
          })}
        </section>
      </div>`;
  }

  #chooser(file: File): TemplateResult {
    const { files } = this.report;
    if (files.length < 2) {
      return html`<b class="byte-file" title=${file.name}>${baseName(file.name)}</b
        ><span class="place">${file.size === null ? '' : size(file.size)}</span>`;
    }
    return html`<select
      class="byte-file"
      aria-label=${text().hex.file}
      @change=${(event: Event) => {
        if (event.target instanceof HTMLSelectElement) {
          select(ofBytes(this.report, { file: event.target.value, offset: 0, length: 1 }));
        }
      }}
    >
      ${files.map(({ name }) => html`<option value=${name} ?selected=${name === file.name}>${name}</option>`)}
    </select>`;
  }

  #goTo(file: File): TemplateResult {
    const words = text().hex;
    return html`<form
      class="byte-form"
      novalidate
      @submit=${(event: SubmitEvent) => {
        event.preventDefault();
        void this.#jump(event.currentTarget, file);
      }}
    >
      <select
        aria-label=${words.countsIn}
        @change=${(event: Event) => {
          if (event.target instanceof HTMLSelectElement) {
            this.place = event.target.value === 'disk' ? 'disk' : 'file';
          }
        }}
      >
        <option value="file">${words.inFile}</option>
        <option value="disk" ?disabled=${diskBytes(this.report) === 0}>${words.onDisk}</option>
      </select>
      <input
        name="place"
        data-shortcut
        size="12"
        aria-label=${words.goTo}
        title=${words.goToHow}
        placeholder=${words.goTo}
        autocomplete="off"
        spellcheck="false"
      />
    </form>`;
  }

  async #jump(form: EventTarget | null, file: File): Promise<void> {
    const { report, place } = this;
    const input = form instanceof HTMLFormElement ? form.elements.namedItem('place') : null;
    if (!(input instanceof HTMLInputElement)) return;
    const extent =
      place === 'disk'
        ? { what: text().common.theDisk, size: diskBytes(report) }
        : { what: baseName(file.name), size: file.size ?? 0 };
    const typed = parsePlace(input.value, extent, sectorBytes(report));
    this.notice = typed.wrong ?? '';
    if (typed.bytes === undefined) return;
    input.select();
    if (place === 'file') {
      select(ofBytes(report, { file: file.name, offset: typed.bytes, length: 1 }));
      return;
    }
    const offset = typed.bytes;
    const found = await ask('translate', { offset, length: 1 }).catch(() => undefined);
    const piece = found?.pieces[0];
    if (!piece) return;
    const selection = ofGuest(report, { offset, length: 1 });
    if (piece.place) select({ ...selection, ...piece.place });
    else this.notice = text().hex.nowhere(offset, nameOf(text().hex.nowhereWhy, piece.source));
  }

  #search(file: File): TemplateResult {
    const words = text().hex;
    const isRunning = this.share !== undefined;
    return html`<form
      class="byte-form"
      novalidate
      @submit=${(event: SubmitEvent) => {
        event.preventDefault();
        this.#find(event.currentTarget, file, false);
      }}
    >
      <select
        name="kind"
        aria-label=${words.searchKind}
        @change=${(event: Event) => {
          if (event.target instanceof HTMLSelectElement) {
            const { value } = event.target;
            this.kind = NEEDLE_KINDS.find((kind) => kind === value) ?? 'hex';
          }
        }}
      >
        ${NEEDLE_KINDS.map((kind) => html`<option value=${kind} ?selected=${kind === this.kind}>${words.kinds[kind]}</option>`)}
      </select>
      <input
        name="needle"
        size="16"
        aria-label=${words.search}
        title=${words.searchHow}
        placeholder=${this.kind === 'hex' ? '55 aa' : words.text}
        autocomplete="off"
        spellcheck="false"
        @keydown=${(event: KeyboardEvent) => {
          if (event.key !== 'Enter' || !event.shiftKey || !(event.target instanceof HTMLInputElement)) return;
          event.preventDefault();
          this.#find(event.target.form, file, true);
        }}
      />
      <button
        type="button"
        class="icon-button"
        data-action="find-previous"
        aria-label=${words.previous}
        title=${words.previousHow}
        @click=${(event: Event) => {
          if (event.currentTarget instanceof HTMLButtonElement)
            this.#find(event.currentTarget.form, file, true);
        }}
      >
        ${icon('up')}
      </button>
      <button class="icon-button" data-action="find-next" aria-label=${words.next} title=${words.nextHow}>
        ${icon('down')}
      </button>
      ${
        isRunning
          ? html`<button
              type="button"
              class="link"
              data-action="stop-search"
              @click=${() => {
                this.#seeker.stop();
              }}
            >
              ${text().common.stop}
            </button>`
          : nothing
      }
    </form>`;
  }

  #find(form: EventTarget | null, file: File, backwards: boolean): void {
    const input = form instanceof HTMLFormElement ? form.elements.namedItem('needle') : null;
    if (!(input instanceof HTMLInputElement)) return;
    const needle = parseNeedle(input.value, this.kind);
    if (needle.bytes) void this.#seek(file, needle.bytes, backwards);
    else this.notice = needle.wrong;
  }

  async #seek(file: File, needle: Uint8Array, backwards: boolean): Promise<void> {
    const total = file.size ?? 0;
    this.notice = text().hex.searching;
    this.share = 0;
    try {
      const outcome = await this.#seeker.seek(
        {
          from: this.#offset + (backwards ? -1 : 1),
          size: total,
          backwards,
          step: (from) => ask('findBytes', { file: file.name, needle, from, backwards }),
        },
        (share) => {
          this.share = share;
          this.notice = text().hex.searched(percent(share, 1));
        },
      );
      if (outcome === 'nothing') this.#sayAlone(file, needle);
      else if (outcome === 'stopped') this.notice = text().hex.stopped;
      else {
        this.notice = outcome.wrapped ? text().hex.wrapped(backwards) : text().hex.found(outcome.at);
        select(ofBytes(this.report, { file: file.name, offset: outcome.at, length: needle.length }));
      }
    } catch (error) {
      this.notice = error instanceof Error ? error.message : String(error);
    } finally {
      if (!this.#seeker.isRunning) this.share = undefined;
    }
  }

  /** Nothing was found but what is selected, or nothing at all. */
  #sayAlone(file: File, needle: Uint8Array): void {
    const isHere =
      this.#length === needle.length &&
      needle.every((byte, at) => at >= DECODED_BYTES || this.decoded?.[at] === byte);
    this.notice = isHere ? text().hex.noOther : text().hex.notFound(baseName(file.name));
  }

  async #copy(file: File, kind: CopyKind): Promise<void> {
    const [offset, length] = [this.#offset, Math.min(this.#length, MOST_COPIED)];
    const bytes = new Uint8Array(length);
    try {
      for (let done = 0; done < length;) {
        const chunk = await ask('bytes', {
          file: file.name,
          offset: offset + done,
          length: Math.min(CHUNK_BYTES, length - done),
        });
        if (!chunk || chunk.length === 0) break;
        bytes.set(chunk, done);
        done += chunk.length;
      }
    } catch (error) {
      this.notice = error instanceof Error ? error.message : String(error);
      return;
    }
    const isCopied = await copyText(byteText(bytes, kind));
    const words = text();
    this.notice = isCopied
      ? words.hex.copied(length, words.hex.copyKinds[kind].toLowerCase(), length === this.#length)
      : words.common.cannotCopy;
  }
}

customElements.define('dg-bytes', Bytes);
