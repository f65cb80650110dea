import { LitElement, type PropertyValues, type TemplateResult, html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { Scale } from './scale.ts';

/** Rows drawn beyond the lower edge. */
const SPARE = 2;

/** Rows that stay in sight above one that is jumped to. */
const ROWS_ABOVE = 3;

/**
 * Any number of rows of one height, of which only those in sight exist. The list keeps the rows in a sticky box over a
 * tall spacer, so they never scroll away before they are drawn.
 *
 * Events: `row-select` (detail: row number) when the reader chooses a row; `rows-shown` when other rows come in sight.
 */
export class Rows extends LitElement {
  static override properties = {
    count: { type: Number },
    rowHeight: { type: Number },
    selected: { type: Number },
    head: { attribute: false },
    row: { attribute: false },
    label: { type: String },
  };

  declare count: number;
  declare rowHeight: number;
  /** The chosen row; without it, keys scroll instead of choosing. */
  declare selected: number | undefined;
  declare head: TemplateResult | undefined;
  /** Draws one row. */
  declare row: (index: number) => TemplateResult;
  declare label: string;

  /** Whether rows can be chosen. */
  selectable = false;

  #scale = new Scale(0, 0);
  #viewport = 0;
  #scrollTop = 0;
  #first = 0;
  /** A row to bring into sight with the next update. */
  #awaited: number | undefined;
  readonly #resize = new ResizeObserver(() => {
    this.#measure();
  });

  constructor() {
    super();
    this.count = 0;
    this.rowHeight = 24;
    this.row = () => html``;
    this.label = '';
  }

  protected override createRenderRoot(): this {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.tabIndex = 0;
    this.#resize.observe(this);
    this.addEventListener('scroll', this.#onScroll, { passive: true });
    this.addEventListener('keydown', this.#onKey);
    this.addEventListener('click', this.#onClick);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize.disconnect();
    this.removeEventListener('scroll', this.#onScroll);
    this.removeEventListener('keydown', this.#onKey);
    this.removeEventListener('click', this.#onClick);
  }

  /** Number of the first row in sight. */
  get first(): number {
    return this.#first;
  }

  /** How many rows are in sight, the cut one at the lower edge included. */
  get shown(): number {
    return Math.max(0, Math.min(this.#most, this.count - this.#first));
  }

  /** How many rows can be in sight. */
  get #most(): number {
    return Math.ceil(this.#viewport / this.rowHeight) + SPARE;
  }

  /** Brings a row into sight; one that was out of sight comes near the upper edge, with a few rows above it. */
  reveal(index: number): void {
    // The list may not have its size yet, or be about to change it.
    this.#awaited = index;
    this.requestUpdate();
  }

  #revealAwaited(): void {
    const index = this.#awaited;
    if (index === undefined || this.#viewport === 0) return;
    this.#awaited = undefined;
    const above = Math.min(this.#viewport / 3, ROWS_ABOVE * this.rowHeight);
    if (!this.#isInSight(index)) this.#goTo(index * this.rowHeight - above);
  }

  #isInSight(index: number): boolean {
    const top = index * this.rowHeight;
    const { top: from } = this.#scale;
    return top >= from && top + this.rowHeight <= from + this.#viewport;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('count') || changed.has('rowHeight')) this.#rescale();
  }

  protected override render(): TemplateResult {
    const { top } = this.#scale;
    const first = Math.min(Math.floor(top / this.rowHeight), Math.max(0, this.count - 1));
    this.#first = first;
    // Elements of rows that left are used again for those that came.
    const most = Math.max(1, this.#most);
    const indexes = Array.from({ length: this.shown }, (_, nth) => first + nth);
    return html`
      <div class="rows-spacer" .style=${`height:${String(this.#scale.height + this.#headHeight)}px`}>
        <div class="rows-window" .style=${`height:${String(this.clientHeight)}px`}>
          ${this.head === undefined ? nothing : html`<div class="rows-head" role="row">${this.head}</div>`}
          <div class="rows-body" .style=${`transform:translateY(${String(first * this.rowHeight - top)}px)`}>
            ${repeat(indexes, (index) => index % most, this.row)}
          </div>
        </div>
      </div>
    `;
  }

  protected override firstUpdated(): void {
    this.#measure();
  }

  protected override updated(): void {
    this.#revealAwaited();
    this.setAttribute('aria-rowcount', String(this.count + (this.head === undefined ? 0 : 1)));
    this.setAttribute('aria-label', this.label);
    this.dispatchEvent(new CustomEvent('rows-shown'));
  }

  get #headHeight(): number {
    return this.querySelector<HTMLElement>('.rows-head')?.offsetHeight ?? 0;
  }

  #measure(): void {
    const viewport = Math.max(0, this.clientHeight - this.#headHeight);
    if (viewport !== this.#viewport) {
      this.#viewport = viewport;
      this.#rescale();
    }
    this.requestUpdate();
  }

  /** The same place in a list of another height or through a window of another height. */
  #rescale(): void {
    const { top } = this.#scale;
    this.#scale = new Scale(this.count * this.rowHeight, this.#viewport);
    this.#goTo(top);
  }

  #goTo(top: number): void {
    this.#scrollTo(this.#scale.goTo(top));
  }

  #scrollTo(scrollTop: number): void {
    this.requestUpdate();
    this.#scrollTop = scrollTop;
    // The spacer must have its height before the bar can be moved there.
    void this.updateComplete.then(() => {
      if (this.#scrollTop !== scrollTop) return;
      this.scrollTop = scrollTop;
      this.#scrollTop = this.scrollTop;
    });
  }

  readonly #onScroll = (): void => {
    const now = this.scrollTop;
    if (now === this.#scrollTop) return;
    const place = this.#scale.scrolled(this.#scrollTop, now);
    this.#scrollTop = now;
    if (Math.abs(place - now) >= 1) this.#scrollTo(place);
    this.requestUpdate();
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target !== this) return;
    const page = Math.max(1, Math.floor(this.#viewport / this.rowHeight) - 1);
    const last = this.count - 1;
    const from = this.selectable ? (this.selected ?? this.#first) : this.#first;
    const steps: Record<string, number> = {
      ArrowDown: from + 1,
      ArrowUp: from - 1,
      PageDown: from + page,
      PageUp: from - page,
      Home: 0,
      End: last,
    };
    const next = steps[event.key];
    if (next === undefined || this.count === 0) return;
    event.preventDefault();
    const index = Math.max(0, Math.min(next, last));
    if (this.selectable) this.#select(index);
    else this.#goTo(index * this.rowHeight);
  };

  readonly #onClick = (event: MouseEvent): void => {
    if (!this.selectable || !(event.target instanceof Element)) return;
    const row = event.target.closest('[data-row]')?.getAttribute('data-row');
    if (row) this.#select(Number(row));
  };

  #select(index: number): void {
    if (!this.#isInSight(index)) {
      const top = index * this.rowHeight;
      // The list moves no further than it must.
      this.#goTo(top < this.#scale.top ? top : top + this.rowHeight - this.#viewport);
    }
    this.dispatchEvent(new CustomEvent('row-select', { detail: index }));
  }
}

customElements.define('dg-rows', Rows);
