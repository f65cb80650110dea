import type { Sought } from '../generated/types.ts';

/** Something to be looked for, step by step, among `size` places. */
export interface Quest {
  /** The first place that is looked at; one outside means that the search begins at the other end. */
  from: number;
  size: number;
  backwards: boolean;
  /** One bounded step; nothing where its answer is of no interest any more. */
  step: (from: number) => Promise<Sought | undefined>;
}

/** What came of it; `wrapped` when the search went over the end and on from the other one. */
export type Outcome = { at: number; wrapped: boolean } | 'nothing' | 'stopped';

/** Runs one search at a time. Each step is a question of its own, so a search stops when nobody asks on. */
export class Seeker {
  #running: symbol | undefined;

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  stop(): void {
    this.#running = undefined;
  }

  /** Looks until there is a match or every place was looked at once. `told` hears which share that is, from 0 to 1. */
  async seek(
    { from, size, backwards, step }: Quest,
    told: (share: number) => void = () => undefined,
  ): Promise<Outcome> {
    const own = Symbol('search');
    this.#running = own;
    const start = backwards ? size - 1 : 0;
    const isBehind = (place: number): boolean => (backwards ? place <= from : place >= from);
    let wrapped = from < 0 || from >= size;
    let at = wrapped ? start : from;
    try {
      for (;;) {
        const sought = await step(at);
        if (this.#running !== own || !sought) return 'stopped';
        const { found, next } = sought;
        const place = found ?? next;
        if (wrapped && place !== null && from >= 0 && from < size && isBehind(place)) return 'nothing';
        if (found !== null) return { at: found, wrapped };
        if (next === null) {
          if (wrapped) return 'nothing';
          wrapped = true;
          at = start;
        } else at = next;
        const gone = backwards ? from - at : at - from;
        told(Math.min(1, (gone < 0 ? gone + size : gone) / size));
      }
    } finally {
      if (this.#running === own) this.#running = undefined;
    }
  }
}
