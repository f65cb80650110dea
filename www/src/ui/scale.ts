/** Browsers clamp or drop elements from about 17 million pixels on; this is safe in all of them. */
export const TALLEST = 16_000_000;

/** Into how many pages the scroll bar of a list is cut that is taller than {@link TALLEST}. */
const PAGES = 100;

/**
 * A scroll bar moved by fewer pixels than this was moved by wheel, touch or key, so the rows move by just as much. A
 * hand that drags the thumb of a list taller than {@link TALLEST} moves it by more.
 */
const LOCAL_MOVE = 8_000;

/**
 * Arithmetic of a scroll bar for a list of any height.
 *
 * Up to {@link TALLEST} pixels the scroll position is the position in the list. Above, the bar is cut into pages that
 * stand for overlapping stretches of the list: within a page rows move pixel by pixel, at its border the bar is moved
 * back a little, and a long jump goes to the proportional place. So a wheel step is the same at ten rows and at a
 * million million.
 */
export class Scale {
  /** Height that the scrolled element needs, in pixels. */
  readonly height: number;
  /** The position in the list at the upper edge of what is seen, in pixels. */
  top = 0;

  readonly #total: number;
  readonly #viewport: number;
  readonly #pageHeight: number;
  readonly #pages: number;
  /** How much one page moves the list against the bar. */
  readonly #shift: number;
  #offset = 0;

  /**
   * @param total height of the whole list
   * @param viewport height of the part that is seen
   */
  constructor(total: number, viewport: number, tallest: number = TALLEST) {
    this.#total = total;
    this.#viewport = viewport;
    this.height = Math.min(total, tallest);
    const scaled = total > tallest;
    this.#pageHeight = scaled ? this.height / PAGES : Math.max(this.height, 1);
    this.#pages = scaled ? Math.floor(total / this.#pageHeight) : 1;
    this.#shift = scaled ? (total - this.height) / (this.#pages - 1) : 0;
  }

  /** Goes to a position in the list; returns the scroll position that belongs to it. */
  goTo(top: number): number {
    this.top = Math.max(0, Math.min(top, this.#total - this.#viewport));
    this.#turnTo(Math.floor(this.top / this.#pageHeight));
    return this.top - this.#offset;
  }

  /** The bar moved from `before` to `now`; returns where it has to be, which at the border of a page is elsewhere. */
  scrolled(before: number, now: number): number {
    const isLocal = Math.abs(now - before) < Math.max(this.#viewport, LOCAL_MOVE);
    if (isLocal || this.#shift === 0) return this.goTo(now + this.#offset);
    const share = now / (this.height - this.#viewport);
    const page = Math.floor((share * (this.#total - this.#viewport)) / this.#pageHeight);
    this.#turnTo(page);
    this.top = Math.max(0, Math.min(now + this.#offset, this.#total - this.#viewport));
    return now;
  }

  #turnTo(page: number): void {
    this.#offset = Math.round(Math.max(0, Math.min(page, this.#pages - 1)) * this.#shift);
  }
}
