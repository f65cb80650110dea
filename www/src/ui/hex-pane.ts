import { LitElement, type PropertyValues, type TemplateResult, html, nothing } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { createRef, ref } from 'lit/directives/ref.js';
import { ask, select, store } from '../actions.ts';
import type { File, Structure } from '../generated/types.ts';
import { fieldAt, ofBytes, ofStructure, structureAt } from '../selection.ts';
import { text } from '../text/index.ts';
import { digits, hex } from './format.ts';
import { type Run, type Stretch, StructureMap, TINTS, asciiText, runs } from './hex-runs.ts';
import { Pages } from './pages.ts';
import './rows.ts';
import type { Rows } from './rows.ts';

const PAGE_BYTES = 16 << 10;
const ROW_HEIGHT = 22;

/**
 * The bytes of a file, coloured by the fields of its structures. Only what is in sight is fetched, so a file may have
 * any size.
 *
 * Event: `field-hover` (detail: name of a field or undefined).
 */
export class HexPane extends LitElement {
  static override properties = {
    file: { attribute: false },
    structure: { attribute: false },
    offset: { type: Number },
    length: { type: Number },
    hovered: { attribute: false },
    marked: { type: Boolean },
    hasCursor: { type: Boolean },
    bytesPerRow: { state: true },
  };

  declare file: File;
  /** The selected structure; it may lie in another file. */
  declare structure: Structure | undefined;
  /** What is pointed at, and brought into sight when it changes. */
  declare offset: number | undefined;
  declare length: number | undefined;
  /** Whether what is pointed at gets a frame. */
  declare marked: boolean;
  /** Whether the arrows move from byte to byte; without, they scroll. */
  declare hasCursor: boolean;
  /** Name of the field under the pointer, here or elsewhere. */
  declare hovered: string | undefined;
  declare bytesPerRow: number;

  #pages = this.#newPages();
  /** The set of files that the pages come from. */
  #set: unknown;
  #known = new StructureMap([]);
  /** The structures that are known, and of which file. */
  #knownOf: { structures: readonly Structure[]; file: string } | undefined;
  #mark: Stretch | undefined;
  /** The byte from which a selection is stretched. */
  #anchor: number | undefined;
  readonly #rows = createRef<Rows>();
  readonly #resize = new ResizeObserver(() => {
    this.#fit();
  });

  constructor() {
    super();
    this.bytesPerRow = 16;
    this.marked = true;
    this.hasCursor = false;
  }

  protected override createRenderRoot(): this {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.setAttribute('data-hex', '');
    this.#resize.observe(this);
    // Before the list scrolls by the same keys.
    this.addEventListener('keydown', this.#onKey, { capture: true });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize.disconnect();
    this.removeEventListener('keydown', this.#onKey, { capture: true });
  }

  get #size(): number {
    return this.file.size ?? 0;
  }

  #newPages(): Pages<Uint8Array> {
    return new Pages(
      (page) => ask('bytes', { file: this.file.name, offset: page * PAGE_BYTES, length: PAGE_BYTES }),
      () => {
        this.requestUpdate();
      },
    );
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('file');
    const isOther = changed.has('file') && before?.name !== this.file.name;
    if (isOther || this.#set !== store.state.files) {
      this.#set = store.state.files;
      this.#pages = this.#newPages();
    }
    const structures = store.state.report?.structures ?? [];
    if (this.#knownOf?.structures !== structures || this.#knownOf.file !== this.file.name) {
      this.#knownOf = { structures, file: this.file.name };
      this.#known = new StructureMap(structures.filter(({ file }) => file === this.file.name));
    }
    this.#mark =
      this.offset === undefined || !this.marked
        ? undefined
        : { offset: this.offset, length: Math.max(1, this.length ?? 1) };
  }

  protected override render(): TemplateResult {
    const rows = Math.ceil(this.#size / this.bytesPerRow);
    return html`
      <dg-rows
        class="hex-rows"
        ${ref(this.#rows)}
        role="grid"
        .label=${text().hex.bytesOf(this.file.name)}
        .count=${rows}
        .rowHeight=${ROW_HEIGHT}
        .head=${this.#head()}
        .row=${(index: number) => this.#row(index)}
        @rows-shown=${this.#fetchShown}
        @click=${this.#onClick}
        @pointerover=${this.#onHover}
        @pointerleave=${this.#onLeave}
      ></dg-rows>
    `;
  }

  protected override updated(changed: PropertyValues<this>): void {
    // The rows are drawn by a function that does not change when the bytes do.
    this.#rows.value?.requestUpdate();
    const hasMoved = changed.has('offset') || changed.has('file') || changed.has('bytesPerRow');
    if (hasMoved && this.offset !== undefined) {
      this.#rows.value?.reveal(Math.floor(this.offset / this.bytesPerRow));
    }
  }

  get #digits(): number {
    return Math.max(8, Math.max(0, this.#size - 1).toString(16).length);
  }

  #head(): TemplateResult {
    const columns = Array.from({ length: this.bytesPerRow }, (_, at) => at.toString(16).padStart(2, '0'));
    return html`<span class="hex-offset" role="columnheader"
        >${text().hex.offsetColumn.padEnd(this.#digits)}</span
      ><span class="hex-bytes" role="columnheader">${spread(columns)}</span
      ><span class="hex-text" role="columnheader">${text().hex.textColumn}</span>`;
  }

  #row(index: number): TemplateResult {
    const offset = index * this.bytesPerRow;
    const length = Math.min(this.bytesPerRow, this.#size - offset);
    const page = this.#pages.get(Math.floor(offset / PAGE_BYTES));
    const within = offset % PAGE_BYTES;
    const label = offset.toString(16).padStart(this.#digits, '0');
    return html`<div class="hex-row" role="row" aria-rowindex=${index + 2} data-offset=${offset}>
      <span class="hex-offset" role="rowheader">${label}</span>${
        page instanceof Uint8Array
          ? this.#bytes(offset, page.subarray(within, within + length))
          : html`<span class="hex-waiting" role="gridcell"
              >${index === this.#rows.value?.first ? page?.message : ''}</span
            >`
      }
    </div>`;
  }

  #bytes(offset: number, bytes: Uint8Array): TemplateResult {
    const line = runs(offset, bytes.length, this.#known, this.#mark);
    const pad = '   '.repeat(this.bytesPerRow - bytes.length);
    return html`<span class="hex-bytes" role="gridcell"
        >${line.map((run, nth) => [nth === 0 ? nothing : gap(run.start, this.bytesPerRow), this.#run(offset, run, this.#digitPairs(bytes, run))])}${pad}</span
      ><span class="hex-text" role="gridcell"
        >${line.map((run) => this.#run(offset, run, asciiText(bytes.subarray(run.start, run.end))))}</span
      >`;
  }

  /** Two digits a byte, with a wider gap in the middle of the line; bytes that are pointed at can be told one by one. */
  #digitPairs(bytes: Uint8Array, { start, end, marked }: Run): string | TemplateResult[] {
    const pairs = Array.from(bytes.subarray(start, end), (byte, nth) => {
      const pair = byte.toString(16).padStart(2, '0');
      const before = nth === 0 ? '' : gap(start + nth, this.bytesPerRow);
      return { before, pair };
    });
    if (!marked) return pairs.map(({ before, pair }) => before + pair).join('');
    return pairs.map(({ before, pair }) => html`${before}<span data-selected>${pair}</span>`);
  }

  #run(offset: number, run: Run, shown: string | TemplateResult[]): TemplateResult {
    const { structure } = run;
    const isSelected = structure !== undefined && structure.key === this.structure?.key;
    const field = run.field === undefined ? undefined : structure?.fields[run.field];
    const classes = {
      run: true,
      known: structure !== undefined,
      inside: isSelected,
      marked: run.marked,
      hovered: field !== undefined && isSelected && field.name === this.hovered,
      [`tint-${String((run.field ?? 0) % TINTS)}`]: field !== undefined,
    };
    return html`<span
      class=${classMap(classes)}
      data-at=${offset + run.start}
      data-hex-field=${field?.name ?? nothing}
      title=${field && !isSelected ? `${structure?.title ?? ''}, ${field.name}: ${field.display}` : nothing}
      >${shown}</span
    >`;
  }

  readonly #fetchShown = (): void => {
    const rows = this.#rows.value;
    if (!rows || rows.shown === 0) return;
    const from = Math.floor((rows.first * this.bytesPerRow) / PAGE_BYTES);
    const to = Math.floor(((rows.first + rows.shown) * this.bytesPerRow) / PAGE_BYTES);
    const last = Math.floor(Math.max(0, this.#size - 1) / PAGE_BYTES);
    const pages = [];
    for (let page = from; page <= Math.min(to, last); page++) pages.push(page);
    this.#pages.want(pages);
  };

  /** As many bytes in a line as fit. */
  #fit(): void {
    const character = this.querySelector<HTMLElement>('.hex-offset')?.getBoundingClientRect().width ?? 0;
    const width = character / this.#digits;
    if (width === 0) return;
    const fitting = [16, 8, 4].find((bytes) => this.clientWidth >= width * (this.#digits + bytes * 4 + 9));
    this.bytesPerRow = fitting ?? 4;
  }

  #runAt(event: Event): { offset: number; field: string | undefined } | undefined {
    const run = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-at]') : null;
    if (!run) return undefined;
    return { offset: Number(run.dataset['at']), field: run.dataset['hexField'] };
  }

  readonly #onClick = (event: MouseEvent): void => {
    const hit = this.#runAt(event);
    const { report } = store.state;
    if (!hit || !report || getSelection()?.isCollapsed === false) return;
    const byte = byteUnder(event, hit.offset);
    if (event.shiftKey) {
      this.#stretchTo(byte);
      return;
    }
    this.#anchor = byte;
    const structure = structureAt(report, this.file.name, hit.offset);
    const field = structure && fieldAt(structure, hit.offset);
    // A field is chosen as a whole; where there is none, the very byte.
    if (structure && field !== undefined) select(ofStructure(report, structure.key, field));
    else select(ofBytes(report, { file: this.file.name, offset: byte, length: 1 }));
  };

  /** Selects all bytes from where the selection began to this one. */
  #stretchTo(byte: number): void {
    const { report } = store.state;
    const from = this.#anchor ?? this.offset;
    if (!report || from === undefined) return;
    this.#anchor = from;
    const offset = Math.min(from, byte);
    select(ofBytes(report, { file: this.file.name, offset, length: Math.abs(byte - from) + 1 }));
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const { report } = store.state;
    if (!this.hasCursor || event.altKey || event.ctrlKey || event.metaKey || this.offset === undefined)
      return;
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.bytesPerRow, ArrowDown: this.bytesPerRow }[
      event.key
    ];
    if (step === undefined || !report) return;
    event.preventDefault();
    event.stopPropagation();
    const isStretching = event.shiftKey && this.#anchor !== undefined;
    const end = this.offset + Math.max(1, this.length ?? 1) - 1;
    // The end that moves is the one away from where the selection began.
    const at = isStretching && this.offset === this.#anchor ? end : this.offset;
    const byte = at + step;
    if (byte < 0 || byte >= this.#size) return;
    if (event.shiftKey) {
      this.#anchor ??= this.offset;
      this.#stretchTo(byte);
      return;
    }
    this.#anchor = byte;
    select(ofBytes(report, { file: this.file.name, offset: byte, length: 1 }));
  };

  readonly #onHover = (event: Event): void => {
    const hit = this.#runAt(event);
    const isSelected =
      hit && structureAt(store.state.report, this.file.name, hit.offset)?.key === this.structure?.key;
    this.#tellHover(isSelected ? hit.field : undefined);
  };

  readonly #onLeave = (): void => {
    this.#tellHover(undefined);
  };

  #tellHover(field: string | undefined): void {
    if (field !== this.hovered) this.dispatchEvent(new CustomEvent('field-hover', { detail: field }));
  }
}

/** The byte under the pointer, in a run of bytes that starts at `start`. */
function byteUnder(event: MouseEvent, start: number): number {
  const run = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-at]') : null;
  const shown = run?.textContent ?? '';
  if (!run || shown === '') return start;
  const { left, width } = run.getBoundingClientRect();
  const at = Math.floor(((event.clientX - left) / width) * shown.length);
  if (run.closest('.hex-text')) return start + Math.max(0, Math.min(at, shown.length - 1));
  // Two digits make a byte; the gap before it belongs to it.
  const digits = shown
    .slice(0, at + 1)
    .replace(/\s+$/, '')
    .replace(/\s/g, '').length;
  return start + Math.max(0, Math.ceil(digits / 2) - 1);
}

function gap(at: number, perRow: number): string {
  return at === perRow / 2 ? '  ' : ' ';
}

function spread(columns: string[]): string {
  const middle = columns.length / 2;
  return `${columns.slice(0, middle).join(' ')}  ${columns.slice(middle).join(' ')}`;
}

/** `12 bytes at 0x200`, for a line above the bytes. */
export function placeText(offset: number, length: number | undefined): string {
  const at = `${hex(offset)} (${digits(offset)})`;
  return length && length > 1 ? text().common.bytesAt(length, at) : at;
}

customElements.define('dg-hex', HexPane);
