import { LitElement, type TemplateResult, html, nothing } from 'lit';
import type { Page } from '../commands.ts';
import type { State } from '../state.ts';
import { keys } from '../ui/key-caps.ts';
import { icon } from '../ui/icons.ts';
import { chordOf } from '../ui/keyboard.ts';
import { best, parseQuery } from '../ui/match.ts';
import { type PaletteEntry, commandEntries, placeEntries, reportEntries, sampleEntries } from './entries.ts';

/** Lines that are shown at most. */
const MOST = 50;

/** One field that finds everything: commands, and all places of the open image by name, value or offset. */
export class Palette extends LitElement {
  static override properties = {
    state: { attribute: false },
    page: { attribute: false },
    typed: { state: true },
    chosen: { state: true },
    isOpen: { state: true },
  };

  declare state: State;
  declare page: Page;
  declare typed: string;
  /** Number of the chosen line. */
  declare chosen: number;
  declare isOpen: boolean;

  #entries: PaletteEntry[] = [];

  constructor() {
    super();
    this.typed = '';
    this.chosen = 0;
    this.isOpen = false;
  }

  protected override createRenderRoot(): this {
    return this;
  }

  get #dialog(): HTMLDialogElement | null {
    return this.querySelector('dialog');
  }

  /** Opens it, empty. */
  async open(): Promise<void> {
    this.typed = '';
    this.chosen = 0;
    this.isOpen = true;
    await this.updateComplete;
    this.#dialog?.showModal();
  }

  protected override updated(): void {
    this.querySelector('[role="option"][aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }

  protected override render(): TemplateResult {
    // The dialog stays in the page: it is the browser that gives the keyboard back when it closes.
    return html`<dialog
      class="palette"
      aria-label="Search and do anything"
      @close=${this.#onClose}
      @click=${this.#onBackdrop}
      @keydown=${this.#onKey}
    >
      ${this.isOpen ? this.#content() : nothing}
    </dialog>`;
  }

  #content(): TemplateResult {
    this.#entries = this.#find();
    const chosen = Math.min(this.chosen, this.#entries.length - 1);
    return html`<div class="palette-field">
        ${icon('search')}
        <input
          type="text"
          role="combobox"
          aria-label="A command, a name, a value or an offset"
          aria-expanded="true"
          aria-autocomplete="list"
          aria-controls="palette-list"
          aria-activedescendant=${chosen >= 0 ? optionId(chosen) : nothing}
          placeholder=${this.state.report ? 'A command, a name, a value or an offset' : 'A command or a sample'}
          autocomplete="off"
          autocapitalize="off"
          spellcheck="false"
          autofocus
          .value=${this.typed}
          @input=${this.#onInput}
        />
        <kbd>Esc</kbd>
      </div>
      <div class="palette-list" id="palette-list" role="listbox" aria-label="What was found">
        ${this.#groups().map(
          ({ name, from, entries }) =>
            html`<div role="group" aria-labelledby="palette-group-${from}">
              <p class="palette-group" id="palette-group-${from}" role="presentation">${name}</p>
              ${entries.map((entry, nth) => this.#option(entry, from + nth, from + nth === chosen))}
            </div>`,
        )}
      </div>
      <p class="palette-foot" role="status">
        ${
          this.#entries.length === 0
            ? 'Nothing has these words or this value.'
            : html`<span class="unseen">${this.#entries.length} found.</span>
                <span aria-hidden="true" class="palette-keys"
                  >${keys('ArrowUp')} ${keys('ArrowDown')} choose ${keys('Enter')} go</span
                >
                <span aria-hidden="true">${this.#hint}</span>`
        }
      </p>`;
  }

  get #hint(): string {
    return this.state.report
      ? 'Try a value: conectix, 0x200, a UUID; an offset: 63 s, -512'
      : 'Open an image to search its fields and values';
  }

  #option(entry: PaletteEntry, nth: number, isChosen: boolean): TemplateResult {
    const { title, about, code, chord } = entry;
    return html`<div
      class="palette-option"
      role="option"
      id=${optionId(nth)}
      aria-selected=${isChosen}
      @click=${() => {
        this.#run(entry);
      }}
      @pointermove=${() => {
        this.chosen = nth;
      }}
    >
      <span class="palette-title">${title}</span>
      ${about ? html`<span class="palette-about">${about}</span>` : nothing}
      ${code ? html`<code>${code}</code>` : nothing} ${chord ? keys(chord) : nothing}
    </div>`;
  }

  /** Everything that fits, group by group, the group with the best first. */
  #find(): PaletteEntry[] {
    const { state, typed } = this;
    const commands = commandEntries(state);
    if (typed.trim() === '') return commands;
    const all = [
      ...commands,
      ...(state.report ? reportEntries(state.report) : []),
      ...sampleEntries(state.samples ?? []),
    ];
    const places = placeEntries(state, typed);
    const found = [...places, ...best(parseQuery(typed), all, MOST - places.length)];
    const groups = new Map<string, PaletteEntry[]>();
    for (const entry of found) groups.set(entry.group, [...(groups.get(entry.group) ?? []), entry]);
    return [...groups.values()].flat();
  }

  #groups(): { name: string; from: number; entries: PaletteEntry[] }[] {
    const groups: { name: string; from: number; entries: PaletteEntry[] }[] = [];
    for (const [nth, entry] of this.#entries.entries()) {
      const last = groups.at(-1);
      if (last?.name === entry.group) last.entries.push(entry);
      else groups.push({ name: entry.group, from: nth, entries: [entry] });
    }
    return groups;
  }

  #run(entry: PaletteEntry): void {
    this.#dialog?.close();
    entry.run(this.page);
    this.dispatchEvent(new CustomEvent('palette-done'));
  }

  readonly #onInput = (event: Event): void => {
    if (!(event.target instanceof HTMLInputElement)) return;
    this.typed = event.target.value;
    this.chosen = 0;
    this.querySelector('.palette-list')?.scrollTo(0, 0);
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    const chord = chordOf(event);
    const { length } = this.#entries;
    const page = 8;
    const steps: Record<string, number> = {
      ArrowDown: (this.chosen + 1) % length,
      ArrowUp: (this.chosen - 1 + length) % length,
      PageDown: Math.min(this.chosen + page, length - 1),
      PageUp: Math.max(this.chosen - page, 0),
    };
    const entry = this.#entries[this.chosen];
    if (chord === 'Mod+K') this.#dialog?.close();
    else if (chord === 'Enter' && entry) this.#run(entry);
    else if (chord in steps && length > 0) this.chosen = steps[chord] ?? 0;
    else return;
    event.preventDefault();
  };

  readonly #onBackdrop = (event: MouseEvent): void => {
    if (event.target === this.#dialog) this.#dialog?.close();
  };

  readonly #onClose = (): void => {
    this.isOpen = false;
  };
}

function optionId(nth: number): string {
  return `palette-option-${String(nth)}`;
}

customElements.define('dg-palette', Palette);
