import { LitElement, type PropertyValues, type TemplateResult, html, nothing } from 'lit';
import { createRef, ref } from 'lit/directives/ref.js';
import { ask, select, store } from '../actions.ts';
import type { Address } from '../address.ts';
import type { Report } from '../generated/types.ts';
import { ofBytes, ofGuest } from '../selection.ts';
import { text } from '../text/index.ts';
import '../ui/divider.ts';
import { type Mark, type Palette, type Picture, draw, drawStrip, layout } from '../ui/map-canvas.ts';
import { Charts, type Subject } from '../ui/map-charts.ts';
import { type Grid, type Range, cellOf, cellRange, gridOf, moved, zoomed } from '../ui/map-model.ts';
import { ZOOM, mapBar, mapPartitions } from './map-bar.ts';
import { mapDetails } from './map-details.ts';
import { palette } from './map-uses.ts';
import { diskBytes } from './translate-forms.ts';

/** The picture stands still for so long before its exact numbers are asked for, and its place goes into the address. */
const REST_MS = 160;

/** The set of files that the charts are of. */
let chartsOf: unknown;
const charts = new Map<string, Charts>();

/** The whole disk, or a file of the image, as a picture. */
export class DiskMap extends LitElement {
  static override properties = {
    report: { attribute: false },
    at: { attribute: false },
    hovered: { state: true },
  };

  declare report: Report;
  declare at: Address;
  /** The cell under the pointer. */
  declare hovered: number | undefined;

  /** What is in sight. */
  #view: Range = { from: 0, to: 0 };
  /** What the address says is in sight. */
  #written: Range = { from: 0, to: 0 };
  /** Pixels of the field that cells are drawn in. */
  #width = 0;
  #height = 0;
  #frame = 0;
  #rest: ReturnType<typeof setTimeout> | undefined;
  /** The cell with which a selection by hand began. */
  #pressed: number | undefined;
  #palette: Palette | undefined;
  readonly #canvas = createRef<HTMLCanvasElement>();
  readonly #strip = createRef<HTMLCanvasElement>();
  readonly #small = document.createElement('canvas');
  readonly #smallStrip = document.createElement('canvas');
  readonly #resize = new ResizeObserver(() => {
    this.#fit();
  });
  readonly #themes = new MutationObserver(() => {
    this.#palette = undefined;
    this.#redraw();
  });
  readonly #scheme = matchMedia('(prefers-color-scheme: dark)');

  protected override createRenderRoot(): this {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener('map-table', this.#onTable);
    this.#themes.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    this.#scheme.addEventListener('change', this.#onScheme);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener('map-table', this.#onTable);
    this.#resize.disconnect();
    this.#themes.disconnect();
    this.#scheme.removeEventListener('change', this.#onScheme);
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#rest);
  }

  readonly #onTable = (): void => {
    this.requestUpdate();
  };

  readonly #onScheme = (): void => {
    this.#palette = undefined;
    this.#redraw();
  };

  get #isFile(): boolean {
    return this.at.side === 'file' || diskBytes(this.report) === 0;
  }

  get #subject(): Subject {
    const { files, image } = this.report;
    const [disk, unit] = [diskBytes(this.report), image?.unit_bytes ?? 0];
    if (!this.#isFile) return { file: undefined, size: disk, unit, disk };
    const parts = files.filter(({ name, role }) => name === image?.key || role === 'extent');
    const largest = parts.toSorted((a, b) => (b.size ?? 0) - (a.size ?? 0))[0];
    const file = files.find(({ name }) => name === this.at.file) ?? largest ?? files[0];
    return { file: file?.name, size: file?.size ?? 0, unit, disk };
  }

  get #charts(): Charts {
    const { files } = store.state;
    if (chartsOf !== files) {
      chartsOf = files;
      charts.clear();
    }
    const subject = this.#subject;
    const key = subject.file ?? '';
    let known = charts.get(key);
    // While the set is read the image may turn out to be another one.
    if (known?.subject.size !== subject.size || known.subject.unit !== subject.unit) {
      known = new Charts(
        subject,
        (step) => ask('chart', step),
        () => {
          this.#redraw();
          this.requestUpdate();
        },
      );
      charts.set(key, known);
    }
    return known;
  }

  /** The cells, and how large they are drawn. */
  get #cells(): { grid: Grid; pitch: number } {
    const { size, unit } = this.#subject;
    const [width, height] = [this.#width, this.#height];
    const most = layout(Infinity, width, height);
    const grid = gridOf(this.#view, size, unit, most.columns, most.rows);
    const { pitch, columns, rows } = layout(grid.count, width, height);
    return { pitch, grid: { ...grid, columns, rows } };
  }

  get #grid(): Grid {
    return this.#cells.grid;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('at') && !changed.has('report')) return;
    const { size } = this.#subject;
    const { from = 0, to = size } = this.at;
    // What this map itself wrote into the address is where it already is, or was a moment ago.
    const isWritten = from === this.#written.from && to === this.#written.to;
    const isOther = changed.get('at')?.side !== this.at.side;
    if (isOther || this.#view.to === 0 || this.#view.to > size || !isWritten) {
      this.#view = { from: Math.min(from, size), to: Math.min(Math.max(to, from), size) };
      this.#written = { from, to };
    }
    this.#showSelected();
  }

  /** A selection that was made elsewhere comes into sight. */
  #showSelected(): void {
    const { size } = this.#subject;
    const selected = this.#selected;
    if (!selected || size === 0) return;
    const { from, to } = this.#view;
    if (selected.from >= from && selected.from < to) return;
    this.#view = moved(this.#view, size, selected.from - (from + to) / 2);
    this.#settle();
  }

  /** The selected bytes of the disk or of the file. */
  get #selected(): Range | undefined {
    const { guest, span, file, offset, length } = this.at;
    if (!this.#isFile) return guest === undefined ? undefined : { from: guest, to: guest + (span ?? 1) };
    if (offset === undefined || file !== this.#subject.file) return undefined;
    return { from: offset, to: offset + Math.max(1, length ?? 1) };
  }

  get #selectedCells(): readonly [number, number] | undefined {
    const selected = this.#selected;
    const grid = this.#grid;
    if (!selected || selected.to <= grid.from || selected.from >= grid.to) return undefined;
    return [
      cellOf(grid, Math.max(selected.from, grid.from)) ?? 0,
      cellOf(grid, selected.to - 1) ?? Math.max(0, grid.count - 1),
    ];
  }

  protected override render(): TemplateResult {
    const subject = this.#subject;
    if (subject.size === 0) {
      return html`<div class="page">
        <p class="calm">${text().map.nothing}</p>
      </div>`;
    }
    const words = text().map;
    const what = subject.file ?? text().common.theDisk;
    const { failure } = this.#charts;
    const show = (range: Range): void => {
      this.#show(range);
    };
    return html`<h1 class="unseen">${words.title}</h1>
      <div class="panes map-panes">
        <section class="pane map-pane" aria-label=${words.of(what)}>
          ${mapBar({
            report: this.report,
            subject,
            view: this.#view,
            cell: this.#grid.cell,
            zoom: (factor) => {
              this.#zoom(factor);
            },
            show,
          })}
          <canvas
            class="map-strip"
            ${ref(this.#strip)}
            aria-hidden="true"
            title=${words.whole}
            @pointerdown=${this.#onStrip}
            @pointermove=${this.#onStrip}
          ></canvas>
          ${mapPartitions(this.report, subject, this.at.partition, show)}
          <div class="map-field">
            <canvas
              class="map-canvas"
              ${ref(this.#canvas)}
              tabindex="0"
              role="application"
              aria-roledescription=${words.kind}
              aria-label=${words.of(what)}
              aria-describedby="map-keys map-cursor"
              @pointerdown=${this.#onDown}
              @pointermove=${this.#onMove}
              @pointerup=${this.#onUp}
              @pointerleave=${this.#onLeave}
              @dblclick=${this.#onDoubleClick}
              @wheel=${this.#onWheel}
              @keydown=${this.#onKey}
            ></canvas>
          </div>
          <p id="map-keys" class="unseen">${words.keys}</p>
        </section>
        <dg-divider name="map" toward="after" aria-label=${words.detailsWidth}></dg-divider>
        <section class="pane side-pane map-side" aria-label=${words.details}>
          ${failure === undefined ? nothing : html`<p class="calm" role="alert">${failure}</p>`}
          ${mapDetails({
            report: this.report,
            subject,
            grid: this.#grid,
            chart: this.#charts.chart(this.#grid, this.#grid.cell),
            isWhole: this.#charts.base.isWhole,
            selected: this.#selected,
            hovered: this.hovered,
            show,
          })}
        </section>
      </div>`;
  }

  protected override updated(): void {
    const field = this.#canvas.value?.parentElement;
    if (field) this.#resize.observe(field);
    this.#redraw();
  }

  /** As many cells as fit. */
  #fit(): void {
    const canvas = this.#canvas.value;
    const field = canvas?.parentElement;
    const strip = this.#strip.value;
    if (!canvas || !field || !strip) return;
    const ratio = devicePixelRatio;
    for (const [one, width, height] of [
      [canvas, field.clientWidth, field.clientHeight],
      [strip, strip.clientWidth, strip.clientHeight],
    ] as const) {
      one.width = Math.round(width * ratio);
      one.height = Math.round(height * ratio);
    }
    canvas.style.width = `${String(field.clientWidth)}px`;
    canvas.style.height = `${String(field.clientHeight)}px`;
    [this.#width, this.#height] = [field.clientWidth, field.clientHeight];
    this.#redraw();
    this.#settle();
    this.requestUpdate();
  }

  #redraw(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => {
      const [canvas, strip] = [this.#canvas.value, this.#strip.value];
      if (!canvas || !strip || this.#width === 0) return;
      this.#palette ??= palette(this);
      const { grid, pitch } = this.#cells;
      const picture: Picture = {
        grid,
        pitch,
        chart: this.#charts.chart(grid, grid.cell),
        hasFree: this.#isFile,
        selected: this.#selectedCells,
        hovered: this.hovered,
        borders: this.#borders(grid),
        marks: this.#marks(grid),
      };
      draw(canvas, this.#small, picture, this.#palette, devicePixelRatio);
      const whole = { ...picture, chart: this.#charts.base };
      drawStrip(strip, this.#smallStrip, whole, this.#subject.size, this.#palette, devicePixelRatio);
    });
  }

  /** Cells with which partitions begin and end. */
  #borders(grid: Grid): number[] {
    const { partitions } = this.report;
    if (this.#isFile || !partitions) return [];
    const sector = partitions.sector_bytes;
    return partitions.entries.flatMap(({ first_sector: first, sector_count: count }) =>
      [first, first + count]
        .map((border) => cellOf(grid, border * sector))
        .filter((cell) => cell !== undefined),
    );
  }

  #marks(grid: Grid): Mark[] {
    const marks: Mark[] = [];
    for (const { severity, places, guest_range: range } of this.report.findings) {
      const bytes = this.#isFile
        ? places.filter(({ file }) => file === this.#subject.file).map(({ offset }) => offset)
        : range
          ? [range.offset]
          : [];
      for (const byte of bytes) {
        const cell = cellOf(grid, byte);
        if (cell !== undefined && severity !== 'info') marks.push({ cell, severity });
      }
    }
    return marks;
  }

  /** Shows a range. */
  #show(view: Range): void {
    this.#view = view;
    this.hovered = undefined;
    this.requestUpdate();
    this.#settle();
  }

  /** When the picture stands still, its exact numbers are asked for, and the address says where it is. */
  #settle(): void {
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => {
      const grid = this.#grid;
      this.#charts.want(grid, grid.cell);
      const { size: bytes } = this.#subject;
      const { from, to } = this.#view;
      const isAll = from === 0 && to === bytes;
      this.#written = this.#view;
      const at = { ...store.state.at, from: isAll ? undefined : from, to: isAll ? undefined : to };
      if (at.view === 'map' && (at.from !== store.state.at.from || at.to !== store.state.at.to))
        store.set({ at });
      this.requestUpdate();
    }, REST_MS);
  }

  #zoom(factor: number, center?: number): void {
    const selected = this.#selected;
    const { from, to } = this.#view;
    const inSight = selected && selected.from >= from && selected.from < to ? selected.from : (from + to) / 2;
    this.#show(zoomed(this.#view, this.#subject.size, factor, center ?? inSight));
  }

  #cellAt({ offsetX, offsetY }: MouseEvent): number | undefined {
    const { grid, pitch } = this.#cells;
    const [column, row] = [Math.floor(offsetX / pitch), Math.floor(offsetY / pitch)];
    const cell = row * grid.columns + column;
    return column >= 0 && column < grid.columns && cell >= 0 && cell < grid.count ? cell : undefined;
  }

  /** Selects the bytes of cells. */
  #select(first: number, last: number): void {
    const grid = this.#grid;
    const { from } = cellRange(grid, Math.min(first, last));
    const { to } = cellRange(grid, Math.max(first, last));
    const { file } = this.#subject;
    const [offset, length] = [from, to - from];
    if (file === undefined) select(ofGuest(this.report, { offset, length }));
    else select(ofBytes(this.report, { file, offset, length }));
  }

  readonly #onDown = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    const cell = this.#cellAt(event);
    if (cell === undefined) return;
    this.#canvas.value?.setPointerCapture(event.pointerId);
    this.#pressed = cell;
    this.#select(cell, cell);
  };

  readonly #onMove = (event: PointerEvent): void => {
    const cell = this.#cellAt(event);
    if (cell === this.hovered) return;
    this.hovered = cell;
    if (this.#pressed !== undefined && cell !== undefined) this.#select(this.#pressed, cell);
  };

  readonly #onUp = (): void => {
    this.#pressed = undefined;
  };

  readonly #onLeave = (): void => {
    this.hovered = undefined;
  };

  readonly #onDoubleClick = (event: MouseEvent): void => {
    const cell = this.#cellAt(event);
    if (cell !== undefined) this.#zoom(1 / (ZOOM * ZOOM), cellRange(this.#grid, cell).from);
  };

  readonly #onWheel = (event: WheelEvent): void => {
    event.preventDefault();
    const { size: bytes } = this.#subject;
    if (event.shiftKey) {
      const lines = Math.sign(event.deltaY || event.deltaX) * 4;
      const { columns, cell } = this.#grid;
      this.#show(moved(this.#view, bytes, lines * columns * cell));
      return;
    }
    const cell = this.#cellAt(event);
    const center = cell === undefined ? undefined : cellRange(this.#grid, cell).from;
    this.#zoom(Math.exp(Math.max(-240, Math.min(240, event.deltaY)) * 0.0025), center);
  };

  readonly #onStrip = (event: PointerEvent): void => {
    const strip = this.#strip.value;
    if (!strip || event.buttons !== 1) return;
    const { size: bytes } = this.#subject;
    const { from, to } = this.#view;
    const place = (event.offsetX / strip.clientWidth) * bytes;
    this.#show(moved(this.#view, bytes, place - (from + to) / 2));
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const grid = this.#grid;
    const { size: bytes } = this.#subject;
    const page = grid.columns * Math.max(1, grid.rows - 2) * grid.cell;
    const zooms: Record<string, number> = {
      '+': 1 / ZOOM,
      '=': 1 / ZOOM,
      Enter: 1 / (ZOOM * ZOOM),
      '-': ZOOM,
      Backspace: ZOOM * ZOOM,
    };
    const steps: Record<string, number> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -grid.columns,
      ArrowDown: grid.columns,
    };
    const [factor, step] = [zooms[event.key], steps[event.key]];
    if (factor !== undefined) this.#zoom(factor);
    else if (step !== undefined) this.#moveCursor(step, event.shiftKey);
    else if (event.key === '0') this.#show({ from: 0, to: bytes });
    else if (event.key === 'PageDown') this.#show(moved(this.#view, bytes, page));
    else if (event.key === 'PageUp') this.#show(moved(this.#view, bytes, -page));
    else if (event.key === 'Home') this.#toCell(0);
    else if (event.key === 'End') this.#toCell(grid.count - 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  #toCell(cell: number): void {
    this.#select(cell, cell);
  }

  #moveCursor(step: number, isStretching: boolean): void {
    const grid = this.#grid;
    const cells = this.#selectedCells;
    if (!cells) {
      this.#toCell(0);
      return;
    }
    const [first, last] = cells;
    const next = (step < 0 ? first : last) + step;
    if (isStretching) {
      const cell = Math.max(0, Math.min(next, grid.count - 1));
      this.#select(step < 0 ? cell : first, step < 0 ? last : cell);
      return;
    }
    if (next >= 0 && next < grid.count) {
      this.#toCell(next);
      return;
    }
    // Over the edge, the picture goes along by a line.
    const { size: bytes } = this.#subject;
    const line = grid.columns * grid.cell * Math.sign(step);
    const before = this.#view.from;
    this.#show(moved(this.#view, bytes, line));
    if (this.#view.from !== before)
      this.#toCell(Math.max(0, Math.min(next - grid.columns * Math.sign(step), this.#grid.count - 1)));
  }
}

customElements.define('dg-map', DiskMap);
