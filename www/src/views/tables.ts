import { LitElement, type PropertyValues, type TemplateResult, html, nothing } from 'lit';
import { createRef, ref } from 'lit/directives/ref.js';
import { ask, go, store } from '../actions.ts';
import type { Address } from '../address.ts';
import type { Report, Rows as RowsPage, Table, TableRow } from '../generated/types.ts';
import '../ui/divider.ts';
import { count, digits, percent } from '../ui/format.ts';
import { Pages } from '../ui/pages.ts';
import '../ui/rows.ts';
import type { Rows } from '../ui/rows.ts';
import { type Shown, tableEntry, tableLegend } from './table-entry.ts';
import { stateClass } from './table-states.ts';

const PAGE_ROWS = 256;
const ROW_HEIGHT = 26;

/** The tables of the image: what each entry says, and the bytes it is made of. */
export class Tables extends LitElement {
  static override properties = {
    report: { attribute: false },
    at: { attribute: false },
    isReading: { type: Boolean },
    shown: { state: true },
  };

  declare report: Report;
  declare at: Address;
  declare isReading: boolean;
  /** Whether the bytes of the entry or those it points to are shown. */
  declare shown: Shown;

  #pages = this.#newPages();
  /** The table and the set of files that the pages come from. */
  #source: { table: string; set: unknown } | undefined;
  /** Longest text seen in each column: columns only ever grow, so that nothing jumps while scrolling. */
  #widths: number[] = [];
  readonly #rows = createRef<Rows>();

  constructor() {
    super();
    this.shown = 'entry';
  }

  protected override createRenderRoot(): this {
    return this;
  }

  get #table(): Table | undefined {
    return this.report.tables.find(({ key }) => key === this.at.table) ?? this.report.tables[0];
  }

  #newPages(): Pages<RowsPage> {
    return new Pages(
      async (page) => {
        const table = this.#table;
        if (!table) return undefined;
        const rows = await ask('rows', { table: table.key, first: page * PAGE_ROWS, count: PAGE_ROWS });
        if (rows) this.#widen(table, rows.rows);
        return rows;
      },
      () => {
        this.requestUpdate();
      },
    );
  }

  #widen(table: Table, rows: readonly TableRow[]): void {
    for (const [column, { title }] of table.columns.entries()) {
      const longest = rows.reduce(
        (most, { cells }) => Math.max(most, cells[column]?.length ?? 0),
        title.length,
      );
      this.#widths[column] = Math.max(this.#widths[column] ?? 0, longest);
    }
  }

  protected override willUpdate(): void {
    const table = this.#table;
    const isOther = this.#source?.table !== table?.key || this.#source?.set !== store.state.files;
    if (!isOther || !table) return;
    this.#source = { table: table.key, set: store.state.files };
    this.#pages = this.#newPages();
    this.#widths = table.columns.map(({ title }) => title.length);
    // The last rows have the longest numbers.
    this.#pages.want([0, Math.floor(Math.max(0, table.rows - 1) / PAGE_ROWS)]);
  }

  protected override updated(changed: PropertyValues<this>): void {
    const rows = this.#rows.value;
    if (!rows) return;
    rows.selectable = true;
    rows.requestUpdate();
    const before = changed.get('at');
    if (changed.has('at') && this.at.row !== undefined && this.at.row !== before?.row) {
      const row = this.at.row;
      void rows.updateComplete.then(() => {
        rows.reveal(row);
      });
    }
  }

  protected override render(): TemplateResult {
    const table = this.#table;
    if (!table) {
      return html`<div class="page">
        <p class="calm">This image keeps no tables: its data lies in the file as the disk has it.</p>
      </div>`;
    }
    return html`<h1 class="unseen">Tables</h1>
      <div class="panes table-panes">
        <section class="pane table-pane" aria-label=${table.title}>
          ${this.#head(table)} ${this.#list(table)}
        </section>
        <dg-divider name="side" toward="after" aria-label="Width of the details"></dg-divider>
        <section class="pane side-pane" aria-label="The selected entry">${this.#side(table)}</section>
      </div>`;
  }

  #head(table: Table): TemplateResult {
    const { tables } = this.report;
    return html`<header class="pane-head table-head">
      ${
        tables.length > 1
          ? html`<div class="segmented" role="radiogroup" aria-label="Table">
              ${tables.map(
                ({ key, title }) =>
                  html`<button
                    role="radio"
                    aria-checked=${key === table.key}
                    data-table=${key}
                    @click=${() => {
                      go({ table: key, row: undefined });
                    }}
                  >
                    ${title}
                  </button>`,
              )}
            </div>`
          : html`<h2 data-table=${table.key}>${table.title}</h2>`
      }
      <span class="place">${count(table.rows, 'entry', 'entries')}</span>
      <form
        class="jump"
        @submit=${(event: SubmitEvent) => {
          event.preventDefault();
          this.#jump(event.currentTarget, table);
        }}
      >
        <label
          >Row
          <input
            name="row"
            inputmode="numeric"
            autocomplete="off"
            size="10"
            placeholder="0 … ${table.rows - 1}"
        /></label>
      </form>
      ${this.#counts(table)}
    </header>`;
  }

  #jump(form: EventTarget | null, table: Table): void {
    if (!(form instanceof HTMLFormElement)) return;
    const text = new FormData(form).get('row');
    const row = typeof text === 'string' ? Number(text.replace(/[\s,_]/g, '') || NaN) : NaN;
    if (Number.isInteger(row) && row >= 0 && row < table.rows) go({ table: table.key, row });
    const input = form.elements.namedItem('row');
    if (input instanceof HTMLInputElement) input.select();
  }

  #counts({ counts, rows }: Table): TemplateResult {
    const states = Object.entries(counts).toSorted(([, a], [, b]) => b - a);
    const uncounted = rows - states.reduce((sum, [, number]) => sum + number, 0);
    const words = this.isReading ? 'not counted yet' : 'not counted: the tables were not read to the end';
    return html`<div class="counts">
      <div class="counts-bar" aria-hidden="true">
        ${states.map(([state, number]) => segment(stateClass(state), number))} ${segment('', uncounted)}
      </div>
      <ul class="counts-legend">
        ${states.map(
          ([state, number]) =>
            html`<li data-count=${state}>
              <i class="dot ${stateClass(state)}"></i>${state} <b>${digits(number)}</b>
              <span class="note">${percent(number, rows)}</span>
            </li>`,
        )}
        ${uncounted > 0 ? html`<li class="waiting">${digits(uncounted)} ${words}</li>` : nothing}
      </ul>
    </div>`;
  }

  #list(table: Table): TemplateResult {
    const template = table.columns
      .map(
        ({ title }, column) =>
          `minmax(${String(Math.min(this.#widths[column] ?? title.length, 48) + 3)}ch, auto)`,
      )
      .join(' ');
    return html`<dg-rows
      class="table-rows"
      ${ref(this.#rows)}
      role="grid"
      .style=${`--columns:${template}`}
      .label=${table.title}
      .count=${table.rows}
      .rowHeight=${ROW_HEIGHT}
      .selected=${this.at.row}
      .head=${html`<span></span>${table.columns.map(
          ({ title, meaning, numeric }) =>
            html`<span role="columnheader" class=${numeric ? 'numeric' : ''} title=${meaning}
              >${title}</span
            >`,
        )}`}
      .row=${(index: number) => this.#row(table, index)}
      @rows-shown=${this.#fetchShown}
      @row-select=${(event: CustomEvent<number>) => {
        go({ table: table.key, row: event.detail });
      }}
    ></dg-rows>`;
  }

  #row(table: Table, index: number): TemplateResult {
    const row = this.#rowAt(index);
    const isSelected = index === this.at.row;
    if (row instanceof Error || !row) {
      return html`<div
        class="table-row waiting"
        role="row"
        data-row=${index}
        aria-rowindex=${index + 2}
        aria-selected=${isSelected}
      >
        <i></i><span role="gridcell">${row ? row.message : digits(index)}</span>
      </div>`;
    }
    return html`<div
      class="table-row"
      role="row"
      data-row=${index}
      aria-rowindex=${index + 2}
      aria-selected=${isSelected}
    >
      <i class="dot ${stateClass(row.state)}"></i>
      ${table.columns.map(
        ({ numeric }, column) =>
          html`<span role="gridcell" class=${numeric ? 'numeric' : ''}>${row.cells[column] ?? ''}</span>`,
      )}
    </div>`;
  }

  #rowAt(index: number): TableRow | Error | undefined {
    const page = this.#pages.get(Math.floor(index / PAGE_ROWS));
    return page instanceof Error ? page : page?.rows[index % PAGE_ROWS];
  }

  readonly #fetchShown = (): void => {
    const rows = this.#rows.value;
    const table = this.#table;
    if (!rows || !table || rows.shown === 0) return;
    const wanted = new Set<number>();
    wanted.add(Math.floor(rows.first / PAGE_ROWS));
    wanted.add(Math.floor((rows.first + rows.shown - 1) / PAGE_ROWS));
    if (this.at.row !== undefined && this.at.row < table.rows)
      wanted.add(Math.floor(this.at.row / PAGE_ROWS));
    this.#pages.want([...wanted]);
  };

  #side(table: Table): TemplateResult {
    const { report, shown } = this;
    if (this.at.row === undefined) return tableLegend(report, table);
    const row = this.#rowAt(this.at.row);
    if (row instanceof Error) return html`<p class="calm">${row.message}</p>`;
    if (!row) return html`<p class="calm waiting">Reading…</p>`;
    return tableEntry(report, table, row, shown, (which) => {
      this.shown = which;
    });
  }
}

function segment(kind: string, number: number): TemplateResult | typeof nothing {
  return number > 0 ? html`<i class=${kind} .style=${`flex-grow:${String(number)}`}></i>` : nothing;
}

customElements.define('dg-tables', Tables);
