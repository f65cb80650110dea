import type { Census } from '../generated/types.ts';
import { Pages } from './pages.ts';

/** What the filter asks for; nothing where the answer is of no interest any more. */
export interface FilterAsk {
  census: (group: number) => Promise<Census | undefined>;
  matching: (group: number, states: readonly string[]) => Promise<Uint32Array | undefined>;
}

/**
 * The rows of a table by their states, counted group by group: with that the rows in some of the states are a list of
 * their own. Of a table of any length only these numbers and a few groups are kept.
 */
export class RowCensus {
  readonly #ask: FilterAsk;
  readonly #told: () => void;
  /** Rows of each group by state. */
  readonly #groups: Record<string, number>[] = [];
  #groupRows = 1;
  #isWhole = false;
  #failure: string | undefined;

  /** @param told is called whenever more was counted or more rows are there */
  constructor(ask: FilterAsk, told: () => void) {
    this.#ask = ask;
    this.#told = told;
    void this.#count();
  }

  /** Whether all was counted. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** Why not all could be counted. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** The rows in one of those states. */
  filter(states: readonly string[]): RowFilter {
    return new RowFilter(states, this.#groups, () => this.#groupRows, this.#ask, this.#told);
  }

  async #count(): Promise<void> {
    try {
      for (let next: number | null = 0; next !== null;) {
        const step = await this.#ask.census(next);
        if (!step) return;
        this.#groupRows = step.group_rows;
        this.#groups.push(...step.groups);
        next = step.next;
        this.#told();
      }
      this.#isWhole = true;
    } catch (error) {
      this.#failure = error instanceof Error ? error.message : String(error);
    }
    this.#told();
  }
}

/** The rows in some states, in their order. */
export class RowFilter {
  readonly states: readonly string[];
  readonly #groups: readonly Record<string, number>[];
  readonly #groupRows: () => number;
  readonly #pages: Pages<Uint32Array>;
  /** How many rows match in all groups before each one, as far as they are counted. */
  readonly #before: number[] = [0];

  constructor(
    states: readonly string[],
    groups: readonly Record<string, number>[],
    groupRows: () => number,
    ask: FilterAsk,
    told: () => void,
  ) {
    this.states = states;
    this.#groups = groups;
    this.#groupRows = groupRows;
    this.#pages = new Pages((group) => ask.matching(group, states), told);
  }

  /** How many rows match, as far as they are counted. */
  get count(): number {
    for (let group = this.#before.length - 1; group < this.#groups.length; group++) {
      const counts = this.#groups[group] ?? {};
      const here = this.states.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
      this.#before.push((this.#before[group] ?? 0) + here);
    }
    return this.#before.at(-1) ?? 0;
  }

  /** Number of the row that is the `nth` match; nothing while it is not there. */
  row(nth: number): number | undefined {
    const group = this.#groupOf(nth);
    const rows = this.#pages.get(group);
    if (!(rows instanceof Uint32Array)) return undefined;
    const row = rows[nth - (this.#before[group] ?? 0)];
    return row === undefined ? undefined : group * this.#groupRows() + row;
  }

  /** Which match a row is, or would be; nothing while that is not known. */
  nth(row: number): number | undefined {
    const group = Math.floor(row / this.#groupRows());
    const rows = this.#pages.get(group);
    const before = this.#before[group];
    if (before === undefined) return undefined;
    if (!(rows instanceof Uint32Array)) {
      this.#pages.want([group]);
      return undefined;
    }
    const inside = row % this.#groupRows();
    const place = rows.findIndex((one) => one >= inside);
    return before + (place === -1 ? rows.length : place);
  }

  /** Brings the matches from `first` on. */
  want(first: number, count: number): void {
    if (this.count === 0) return;
    const from = this.#groupOf(first);
    const to = this.#groupOf(Math.min(first + count, this.count) - 1);
    const groups = [];
    for (let group = from; group <= to && groups.length < Pages.MOST_KEPT / 2; group++) {
      if ((this.#before[group + 1] ?? 0) > (this.#before[group] ?? 0)) groups.push(group);
    }
    this.#pages.want(groups);
  }

  /** The group that the `nth` match lies in. */
  #groupOf(nth: number): number {
    let [low, high] = [0, this.#before.length - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#before[middle + 1] ?? Infinity) <= nth) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
