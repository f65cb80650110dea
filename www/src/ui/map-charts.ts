import type { ChartPart } from '../generated/types.ts';
import { Chart, type Range, baseCell } from './map-model.ts';

/** What is charted. */
export interface Subject {
  /** The file; the guest's disk if none is named. */
  file: string | undefined;
  /** Its size in bytes. */
  size: number;
  /** Bytes of a unit of allocation. */
  unit: number;
  /** Size of the guest's disk. */
  disk: number;
}

/** Asks for a step of a chart; nothing where it is of no interest any more. */
export type AskStep = (step: {
  file: string | undefined;
  from: number;
  to: number;
  cells: number;
  through: number;
  end: number;
}) => Promise<ChartPart | undefined>;

/** Close-ups that are kept. */
const MOST_KEPT = 24;

/** The charts of one subject: of the whole, and close-ups of what was looked at last. They are made in steps. */
export class Charts {
  readonly subject: Subject;
  readonly base: Chart;
  readonly #ask: AskStep;
  readonly #told: () => void;
  /** In the order of their last use. */
  readonly #closeUps = new Map<string, Chart>();
  #wanted: symbol | undefined;
  #reason: string | undefined;

  /** @param told is called whenever there is more to see */
  constructor(subject: Subject, ask: AskStep, told: () => void) {
    this.subject = subject;
    this.#ask = ask;
    this.#told = told;
    const cell = baseCell(subject.size, subject.unit);
    this.base = new Chart({ from: 0, to: subject.size }, cell);
    void this.#fill(this.base, { from: 0, to: subject.disk }, () => true);
  }

  /** Why there are no numbers. */
  get failure(): string | undefined {
    return this.#reason;
  }

  /** The numbers for cells of that size: exact ones where they are there or can be had from the whole. */
  chart({ from, to }: Range, cell: number): Chart {
    if (cell >= this.base.cell) return this.base;
    const key = `${String(from)}-${String(to)}-${String(cell)}`;
    const known = this.#closeUps.get(key);
    if (known) {
      this.#closeUps.delete(key);
      this.#closeUps.set(key, known);
    }
    return known?.isWhole ? known : this.base;
  }

  /** Makes the close-up of a range, where it is none of what is there. What was wanted before is given up. */
  want(range: Range, cell: number): void {
    const key = `${String(range.from)}-${String(range.to)}-${String(cell)}`;
    if (cell >= this.base.cell || this.#closeUps.get(key)?.isWhole) return;
    // Where the data of a file is for is known from the whole only.
    if (this.subject.file !== undefined && !this.base.isWhole) return;
    const own = Symbol(key);
    this.#wanted = own;
    const chart = new Chart(range, cell);
    this.#closeUps.set(key, chart);
    const [oldest] = this.#closeUps.keys();
    if (this.#closeUps.size > MOST_KEPT && oldest !== undefined) this.#closeUps.delete(oldest);
    const through =
      this.subject.file === undefined ? range : (this.base.guestsOf(range) ?? { from: 0, to: 0 });
    void this.#fill(chart, through, () => this.#wanted === own);
  }

  async #fill(chart: Chart, through: Range, isWanted: () => boolean): Promise<void> {
    const { file } = this.subject;
    const { from, to, count: cells } = chart;
    const step = async (start: number, end: number): Promise<number | null | undefined> => {
      const part = await this.#ask({ file, from, to, cells, through: start, end });
      if (!part || !isWanted()) return undefined;
      chart.add(part);
      return part.next;
    };
    try {
      // The structures of a file come with the first bytes of the disk.
      if (file !== undefined && through.from > 0 && (await step(0, 0)) === undefined) return;
      let next: number | null | undefined = through.from;
      do {
        next = await step(next, through.to);
        if (next === undefined) return;
        if (chart === this.base) this.#told();
      } while (next !== null);
      chart.isWhole = true;
    } catch (error) {
      this.#reason = error instanceof Error ? error.message : String(error);
    }
    this.#told();
  }
}
