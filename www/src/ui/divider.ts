/** Pixels that one arrow key moves a divider. */
const STEP = 24;

/** The narrowest that a pane may become, in pixels. */
const LEAST = 160;

/**
 * A line between two panes of a grid that can be moved by hand or with the arrow keys. It sets the custom property
 * `--NAME` of its parent to the width of the pane `toward` which it resizes, and remembers it.
 */
export class Divider extends HTMLElement {
  connectedCallback(): void {
    this.tabIndex = 0;
    this.setAttribute('role', 'separator');
    this.setAttribute('aria-orientation', 'vertical');
    this.setAttribute('aria-valuemin', String(LEAST));
    this.setAttribute('aria-valuemax', String(innerWidth));
    this.setAttribute('aria-valuenow', String(LEAST));
    this.addEventListener('pointerdown', this.#onDown);
    this.addEventListener('keydown', this.#onKey);
    const width = remembered(this.#key);
    if (width !== undefined) this.#set(width);
    else requestAnimationFrame(this.#tellWidth);
  }

  get #name(): string {
    return this.getAttribute('name') ?? '';
  }

  get #key(): string {
    return `diskglass.pane.${this.#name}`;
  }

  /** Whether the pane after the divider is the one that gets the width. */
  get #isAfter(): boolean {
    return this.getAttribute('toward') === 'after';
  }

  get #pane(): Element | null {
    return this.#isAfter ? this.nextElementSibling : this.previousElementSibling;
  }

  readonly #tellWidth = (): void => {
    this.setAttribute('aria-valuenow', String(Math.round(this.#pane?.clientWidth ?? LEAST)));
  };

  #set(width: number): void {
    const most = (this.parentElement?.clientWidth ?? 0) * 0.7 || 4096;
    const fitting = Math.round(Math.max(LEAST, Math.min(width, most)));
    this.parentElement?.style.setProperty(`--${this.#name}`, `${String(fitting)}px`);
    this.setAttribute('aria-valuenow', String(fitting));
    remember(this.#key, fitting);
  }

  readonly #onDown = (down: PointerEvent): void => {
    const before = this.#pane?.getBoundingClientRect().width ?? 0;
    const sign = this.#isAfter ? -1 : 1;
    down.preventDefault();
    this.focus();
    this.setPointerCapture(down.pointerId);
    const onMove = (move: PointerEvent): void => {
      this.#set(before + sign * (move.clientX - down.clientX));
    };
    this.addEventListener('pointermove', onMove);
    const onUp = (): void => {
      this.removeEventListener('pointermove', onMove);
    };
    this.addEventListener('pointerup', onUp, { once: true });
    this.addEventListener('pointercancel', onUp, { once: true });
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (direction === undefined) return;
    event.preventDefault();
    const before = this.#pane?.getBoundingClientRect().width ?? 0;
    this.#set(before + direction * STEP * (this.#isAfter ? -1 : 1));
  };
}

function remembered(key: string): number | undefined {
  try {
    const width = Number(localStorage.getItem(key));
    return Number.isFinite(width) && width > 0 ? width : undefined;
  } catch {
    return undefined;
  }
}

function remember(key: string, width: number): void {
  try {
    localStorage.setItem(key, String(width));
  } catch {
    // Storage may be forbidden; the pane keeps its width as long as the page lives.
  }
}

customElements.define('dg-divider', Divider);
