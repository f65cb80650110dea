import { LitElement, type PropertyValues, type TemplateResult, html, nothing } from 'lit';
import { createRef, ref } from 'lit/directives/ref.js';
import { ask, go, select, selectRow, store } from '../actions.ts';
import type { Address } from '../address.ts';
import type { Report, Rows as RowsPage, Table, TableRow } from '../generated/types.ts';
import { ofGuest } from '../selection.ts';
import { nameOf, text } from '../text/index.ts';
import '../ui/divider.ts';
import { digits, percent } from '../ui/format.ts';
import { parsePlace } from '../ui/offset.ts';
import { Pages } from '../ui/pages.ts';
import { RowCensus, type RowFilter } from '../ui/row-filter.ts';
import '../ui/rows.ts';
import type { Rows } from '../ui/rows.ts';
import { severityIcon } from './finding-line.ts';
import { saveTableButtons } from './save-buttons.ts';
import { type Shown, tableEntry, tableLegend } from './table-entry.ts';
import { Faults } from './table-faults.ts';
import { stateClass } from './table-states.ts';
import { diskBytes, sectorBytes } from './translate-forms.ts';

const PAGE_ROWS = 256;
const ROW_HEIGHT = 26;

/** The tables of the image: what each entry says, and the bytes it is made of. */
export class Tables extends LitElement {
  static override properties = {
    report: { attribute: false },
    at: { attribute: false },
    isReading: { type: Boolean },
    shown: { state: true },
    jumpTo: { state: true },
    wrong: { state: true },
  };

  declare report: Report;
  declare at: Address;
  declare isReading: boolean;
  /** Whether the bytes of the entry or those it points to are shown. */
  declare shown: Shown;
  /** What a typed number stands for. */
  declare jumpTo: 'row' | 'guest';
  /** Why the last jump went nowhere. */
  declare wrong: string;

  #pages = this.#newPages();
  /** The table and the set of files that the pages come from. */
  #source: { table: string; set: unknown } | undefined;
  /** Longest text seen in each column: columns only ever grow, so that nothing jumps while scrolling. */
  #widths: number[] = [];
  #faults = new Faults([]);
  /** The counted rows of the table, once the reader wanted only some of them. */
  #census: RowCensus | undefined;
  #filter: RowFilter | undefined;
  /** A row to bring into sight as soon as its place in the list is known. */
  #awaited: number | undefined;
  readonly #rows = createRef<Rows>();

  constructor() {
    super();
    this.shown = 'entry';
    this.jumpTo = 'row';
    this.wrong = '';
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

  protected override willUpdate(changed: PropertyValues<this>): void {
    const table = this.#table;
    if (changed.has('report')) this.#faults = new Faults(this.report.findings);
    const isOther = this.#source?.table !== table?.key || this.#source?.set !== store.state.files;
    if (isOther && table) {
      this.#source = { table: table.key, set: store.state.files };
      this.#pages = this.#newPages();
      this.#census = undefined;
      this.#filter = undefined;
      this.#widths = table.columns.map(({ title }) => title.length);
      // The last rows have the longest numbers.
      this.#pages.want([0, Math.floor(Math.max(0, table.rows - 1) / PAGE_ROWS)]);
    }
    this.#setFilter(table);
    const before = changed.get('at');
    if (changed.has('at') && (this.at.row !== before?.row || this.at.filter !== before?.filter)) {
      this.#awaited = this.at.row;
    }
  }

  #setFilter(table: Table | undefined): void {
    const states = this.at.filter?.split(',').filter(Boolean) ?? [];
    if (!table || states.length === 0) {
      this.#filter = undefined;
      return;
    }
    if (this.#filter?.states.join() === states.join()) return;
    const { key } = table;
    this.#census ??= new RowCensus(
      {
        census: (group) => ask('census', { table: key, group }),
        matching: (group, states) => ask('matching', { table: key, group, states: [...states] }),
      },
      () => {
        this.requestUpdate();
      },
    );
    this.#filter = this.#census.filter(states);
  }

  protected override updated(): void {
    const rows = this.#rows.value;
    if (!rows) return;
    rows.selectable = true;
    rows.requestUpdate();
    this.#reveal(rows);
  }

  #reveal(rows: Rows): void {
    if (this.#awaited === undefined) return;
    const place = this.#filter ? this.#filter.nth(this.#awaited) : this.#awaited;
    if (place === undefined) return;
    this.#awaited = undefined;
    void rows.updateComplete.then(() => {
      rows.reveal(Math.min(place, Math.max(0, rows.count - 1)));
    });
  }

  /** Rows that are listed. */
  #count(table: Table): number {
    return this.#filter ? this.#filter.count : table.rows;
  }

  /** The row at a place of the list; nothing while that is not known. */
  #rowIn(place: number): number | undefined {
    return this.#filter ? this.#filter.row(place) : place;
  }

  /** The place of the selected row in the list. */
  get #selectedPlace(): number | undefined {
    const { row } = this.at;
    if (row === undefined || !this.#filter) return row;
    const place = this.#filter.nth(row);
    return place !== undefined && this.#filter.row(place) === row ? place : undefined;
  }

  protected override render(): TemplateResult {
    const table = this.#table;
    if (!table) {
      return html`<div class="page">
        <p class="calm">${text().tables.none}</p>
      </div>`;
    }
    const words = text().tables;
    return html`<h1 class="unseen">${words.title}</h1>
      <div class="panes table-panes">
        <section class="pane table-pane" aria-label=${words.table}>
          ${this.#head(table)} ${this.#list(table)}
        </section>
        <dg-divider name="side" toward="after" aria-label=${words.detailsWidth}></dg-divider>
        <section class="pane side-pane" aria-label=${words.selected}>${this.#side(table)}</section>
      </div>`;
  }

  #head(table: Table): TemplateResult {
    const { tables } = this.report;
    const words = text().tables;
    return html`<header class="pane-head table-head">
      ${
        tables.length > 1
          ? html`<div class="segmented" role="radiogroup" aria-label=${words.table}>
              ${tables.map(
                ({ key, title }) =>
                  html`<button
                    role="radio"
                    aria-checked=${key === table.key}
                    data-table=${key}
                    lang="en"
                    @click=${() => {
                      this.#showTable(key);
                    }}
                  >
                    ${title}
                  </button>`,
              )}
            </div>`
          : html`<h2 data-table=${table.key} lang="en">${table.title}</h2>`
      }
      <span class="place" role="status">${this.#countWords(table)}</span>
      ${saveTableButtons(table.key, this.at.filter)}
      <form
        class="jump"
        novalidate
        @submit=${(event: SubmitEvent) => {
          event.preventDefault();
          void this.#jump(event.currentTarget, table);
        }}
      >
        <select
          aria-label=${words.jumpKind}
          @change=${(event: Event) => {
            if (event.target instanceof HTMLSelectElement) {
              this.jumpTo = event.target.value === 'guest' ? 'guest' : 'row';
            }
          }}
        >
          <option value="row">${words.row}</option>
          <option value="guest">${words.guest}</option>
        </select>
        <input
          name="row"
          data-shortcut
          aria-label=${this.jumpTo === 'row' ? words.goToRow : words.goToGuest}
          autocomplete="off"
          spellcheck="false"
          size="12"
          placeholder=${this.jumpTo === 'row' ? `0 … ${String(table.rows - 1)}` : '1.5 GiB, 63 s, 0x200'}
          aria-invalid=${this.wrong === '' ? nothing : 'true'}
        />
        <span class="wrong" role="alert">${this.wrong}</span>
      </form>
      ${this.#counts(table)}
    </header>`;
  }

  #countWords(table: Table): string {
    const filter = this.#filter;
    const words = text().tables;
    if (!filter) return words.entries(table.rows);
    if (this.#census?.failure !== undefined) return this.#census.failure;
    const shown = words.shown(filter.count, table.rows);
    return this.#census?.isWhole ? shown : words.counting(shown);
  }

  /** Another table, with the row for what is selected on the disk. */
  #showTable(key: string): void {
    const { guest, span } = this.at;
    go({ table: key, row: undefined, filter: undefined });
    if (guest !== undefined)
      select({ ...ofGuest(this.report, { offset: guest, length: span ?? 1 }), table: key });
  }

  async #jump(form: EventTarget | null, table: Table): Promise<void> {
    if (!(form instanceof HTMLFormElement)) return;
    const input = form.elements.namedItem('row');
    if (!(input instanceof HTMLInputElement)) return;
    input.select();
    this.wrong = '';
    const row =
      this.jumpTo === 'row' ? this.#typedRow(input.value, table) : await this.#rowOf(input.value, table);
    if (row === undefined) return;
    // The row is to be seen, even where it is none of those that are listed.
    if (this.#filter) go({ filter: undefined });
    this.#select(table, row);
  }

  #typedRow(typed: string, table: Table): number | undefined {
    const row = Number(typed.replace(/[\s,_]/g, '') || NaN);
    if (Number.isInteger(row) && row >= 0 && row < table.rows) return row;
    this.wrong = text().tables.rowRange(table.rows - 1);
    return undefined;
  }

  async #rowOf(place: string, table: Table): Promise<number | undefined> {
    const disk = { what: text().common.theDisk, size: diskBytes(this.report) };
    const typed = parsePlace(place, disk, sectorBytes(this.report));
    if (typed.bytes === undefined) {
      this.wrong = typed.wrong;
      return undefined;
    }
    const row = await ask('rowAt', { table: table.key, guest: typed.bytes });
    if (row === undefined) this.wrong = text().tables.noRow;
    return row;
  }

  /** Selects a row, and with it its bytes and its stretch of the disk. */
  #select(table: Table, row: number): void {
    const known = this.#rowAt(row);
    selectRow(table.key, row, known instanceof Error ? undefined : known);
  }

  #counts({ counts, rows }: Table): TemplateResult {
    const filtered = this.#filter?.states ?? [];
    const states = Object.entries(counts).toSorted(([, a], [, b]) => b - a);
    const uncounted = rows - states.reduce((sum, [, number]) => sum + number, 0);
    const words = text().tables;
    const left = this.isReading ? words.notYetCounted(uncounted) : words.notCounted(uncounted);
    return html`<div class="counts">
      <div class="counts-bar" aria-hidden="true">
        ${states.map(([state, number]) => segment(stateClass(state), number))} ${segment('', uncounted)}
      </div>
      <ul class="counts-legend">
        ${states.map(
          ([state, number]) =>
            html`<li data-count=${state}>
              <button
                aria-pressed=${filtered.includes(state)}
                title=${filtered.includes(state) ? words.listOthers : words.listOnly(nameOf(words.states, state))}
                @click=${() => {
                  this.#toggle(state);
                }}
              >
                <i class="dot ${stateClass(state)}"></i>${nameOf(words.states, state)}
                <b>${digits(number)}</b>
                <span class="note">${percent(number, rows)}</span>
              </button>
            </li>`,
        )}
        ${uncounted > 0 ? html`<li class="waiting">${left}</li>` : nothing}
      </ul>
    </div>`;
  }

  /** Lists the rows in that state too, or not any more; without any chosen state, all rows. */
  #toggle(state: string): void {
    const states = this.#filter?.states ?? [];
    const wanted = states.includes(state) ? states.filter((one) => one !== state) : [...states, state];
    go({ filter: wanted.length > 0 ? wanted.join(',') : undefined });
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
      lang="en"
      ${ref(this.#rows)}
      role="grid"
      .style=${`--columns:${template}`}
      .label=${table.title}
      .count=${this.#count(table)}
      .rowHeight=${ROW_HEIGHT}
      .selected=${this.#selectedPlace}
      .head=${html`<span></span>${table.columns.map(
          ({ title, meaning, numeric }) =>
            html`<span role="columnheader" class=${numeric ? 'numeric' : ''} title=${meaning}
              >${title}</span
            >`,
        )}`}
      .row=${(index: number) => this.#row(table, index)}
      @rows-shown=${this.#fetchShown}
      @row-select=${(event: CustomEvent<number>) => {
        const row = this.#rowIn(event.detail);
        if (row !== undefined) this.#select(table, row);
      }}
    ></dg-rows>`;
  }

  #row(table: Table, place: number): TemplateResult {
    const index = this.#rowIn(place);
    const row = index === undefined ? undefined : this.#rowAt(index);
    const isSelected = index !== undefined && index === this.at.row;
    if (row instanceof Error || !row) {
      return html`<div
        class="table-row waiting"
        role="row"
        data-row=${place}
        aria-rowindex=${place + 2}
        aria-selected=${isSelected}
      >
        <i></i><span role="gridcell">${row ? row.message : index === undefined ? '…' : digits(index)}</span>
      </div>`;
    }
    const [fault] = this.#faults.of(row);
    return html`<div
      class="table-row"
      role="row"
      data-row=${place}
      aria-rowindex=${place + 2}
      aria-selected=${isSelected}
      title=${fault?.title ?? nothing}
    >
      ${
        fault
          ? html`<span class="fault" role="gridcell">${severityIcon(fault.severity)}</span>`
          : html`<i class="dot ${stateClass(row.state)}"></i>`
      }
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
    this.#filter?.want(rows.first, rows.shown);
    const wanted = new Set<number>();
    for (let place = rows.first; place < rows.first + rows.shown; place++) {
      const row = this.#rowIn(place);
      if (row !== undefined && row < table.rows) wanted.add(Math.floor(row / PAGE_ROWS));
    }
    if (this.at.row !== undefined && this.at.row < table.rows)
      wanted.add(Math.floor(this.at.row / PAGE_ROWS));
    this.#pages.want([...wanted]);
  };

  #side(table: Table): TemplateResult {
    const { report, shown } = this;
    if (this.at.row === undefined) return tableLegend(report, table);
    const row = this.#rowAt(this.at.row);
    if (row instanceof Error) return html`<p class="calm">${row.message}</p>`;
    if (!row) return html`<p class="calm waiting">${text().tables.reading}</p>`;
    return tableEntry(report, table, row, this.#faults.of(row), shown, (which) => {
      this.shown = which;
    });
  }
}

function segment(kind: string, number: number): TemplateResult | typeof nothing {
  return number > 0 ? html`<i class=${kind} .style=${`flex-grow:${String(number)}`}></i>` : nothing;
}

customElements.define('dg-tables', Tables);
