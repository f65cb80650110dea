/**
 * Pages of something long, fetched when they are first wanted and kept while they are wanted often. At most two
 * requests are under way; of the pages that wait only the latest wanted are kept, so that fast scrolling does not
 * queue up what nobody looks at any more.
 */
export class Pages<Page> {
  readonly #fetch: (page: number) => Promise<Page | undefined>;
  readonly #arrived: () => void;
  /** In the order of their last use. */
  readonly #kept = new Map<number, Page | Error>();
  readonly #underWay = new Set<number>();
  #wanted: number[] = [];

  static readonly MOST_KEPT = 64;
  static readonly MOST_UNDER_WAY = 2;

  /**
   * @param fetch gives a page, or nothing where it is of no interest any more
   * @param arrived is called when a page arrived
   */
  constructor(fetch: (page: number) => Promise<Page | undefined>, arrived: () => void) {
    this.#fetch = fetch;
    this.#arrived = arrived;
  }

  /** A page, where it is there; an error, where it could not be fetched. */
  get(page: number): Page | Error | undefined {
    const found = this.#kept.get(page);
    if (found !== undefined) {
      this.#kept.delete(page);
      this.#kept.set(page, found);
    }
    return found;
  }

  /** Fetches those of the pages that are not there. What was wanted before and not begun is forgotten. */
  want(pages: readonly number[]): void {
    this.#wanted = pages.filter((page) => !this.#kept.has(page) && !this.#underWay.has(page));
    this.#next();
  }

  #next(): void {
    while (this.#underWay.size < Pages.MOST_UNDER_WAY) {
      const page = this.#wanted.shift();
      if (page === undefined) return;
      this.#underWay.add(page);
      void this.#bring(page);
    }
  }

  async #bring(page: number): Promise<void> {
    try {
      const brought = await this.#fetch(page);
      if (brought !== undefined) this.#keep(page, brought);
    } catch (error) {
      this.#keep(page, error instanceof Error ? error : new Error(String(error)));
    } finally {
      this.#underWay.delete(page);
      this.#next();
    }
  }

  #keep(page: number, what: Page | Error): void {
    this.#kept.set(page, what);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > Pages.MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    this.#arrived();
  }
}
