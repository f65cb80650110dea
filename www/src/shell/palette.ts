import { LitElement, type PropertyValues, type TemplateResult, html, nothing } from 'lit';
import type { Page } from '../commands.ts';
import type { State } from '../state.ts';

import { text } from '../text/index.ts';
import { keys } from '../ui/key-caps.ts';
import { icon } from '../ui/icons.ts';
import { chordOf } from '../ui/keyboard.ts';
import { matches, parseQuery } from '../ui/match.ts';
import {
  type PaletteEntry,
  type PaletteGroup,
  commandEntries,
  placeEntries,
  reportEntries,
  sampleEntries,
} from './entries.ts';

/** Lines that are shown at most, of all groups and of one among several. */
const MOST = 50;
const MOST_OF_GROUP = 8;

/** Groups whose lines are the reader's words, which are English. */
const ENGLISH: ReadonlySet<PaletteGroup> = new Set(['findings', 'fields', 'structures', 'tables', 'samples']);

interface Group {
  name: PaletteGroup;
  entries: readonly PaletteEntry[];
  /** How many fit in all. */
  found: number;
}

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

  /** What fits what is typed. */
  #groups: readonly Group[] = [];

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

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('state');
    const { report, samples, phase, at } = this.state;
    const isSame =
      before?.report === report &&
      before?.samples === samples &&
      before?.phase === phase &&
      before?.at === at;
    // Neither the arrows nor the progress of a reading change what fits.
    const isOther = changed.has('typed') || changed.has('isOpen') || (changed.has('state') && !isSame);
    if (this.isOpen && isOther) this.#groups = this.#find();
  }

  protected override updated(): void {
    this.querySelector('[role="option"][aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }

  protected override render(): TemplateResult {
    // The dialog stays in the page: it is the browser that gives the keyboard back when it closes.
    return html`<dialog
      class="palette"
      aria-label=${text().palette.label}
      @close=${this.#onClose}
      @click=${this.#onBackdrop}
      @keydown=${this.#onKey}
    >
      ${this.isOpen ? this.#content() : nothing}
    </dialog>`;
  }

  #content(): TemplateResult {
    const words = text().palette;
    const { length } = this.#entries;
    const chosen = Math.min(this.chosen, length - 1);
    return html`<div class="palette-field">
        ${icon('search')}
        <input
          type="text"
          role="combobox"
          aria-label=${words.field}
          aria-expanded="true"
          aria-autocomplete="list"
          aria-controls="palette-list"
          aria-activedescendant=${chosen >= 0 ? optionId(chosen) : nothing}
          placeholder=${this.state.report ? words.field : words.fieldWithoutImage}
          autocomplete="off"
          autocapitalize="off"
          spellcheck="false"
          autofocus
          .value=${this.typed}
          @input=${this.#onInput}
        />
        ${keys('Escape')}
      </div>
      <div class="palette-list" id="palette-list" role="listbox" aria-label=${words.found}>
        ${this.#groups.map(({ name, entries, found }, nth) => {
          const from = this.#groups.slice(0, nth).reduce((sum, { entries }) => sum + entries.length, 0);
          return html`<div role="group" aria-labelledby="palette-group-${nth}">
            <p class="palette-group" id="palette-group-${nth}" role="presentation">
              ${words.groups[name]}
              ${found > entries.length ? html`<span class="note">${text().common.of(entries.length, found)}</span>` : nothing}
            </p>
            ${entries.map((entry, at) => this.#option(entry, from + at, from + at === chosen))}
          </div>`;
        })}
      </div>
      <p class="palette-foot" role="status">
        ${
          length === 0
            ? words.nothing
            : html`<span class="unseen">${words.count(length)}</span>
                <span aria-hidden="true" class="palette-keys"
                  >${keys('ArrowUp')} ${keys('ArrowDown')} ${words.choose} ${keys('Enter')} ${words.go}</span
                >
                <span aria-hidden="true">${this.#hint}</span>`
        }
      </p>`;
  }

  get #hint(): string {
    const { hint, hintWithoutImage } = text().palette;
    return this.state.report ? hint : hintWithoutImage;
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
      @pointermove=${(event: PointerEvent) => {
        // A list that scrolls below a resting pointer is no choice.
        if (event.movementX !== 0 || event.movementY !== 0) this.chosen = nth;
      }}
    >
      <span class="palette-title" lang=${ENGLISH.has(entry.group) ? 'en' : nothing}>${title}</span>
      ${about ? html`<span class="palette-about">${about}</span>` : nothing}
      ${code ? html`<code>${code}</code>` : nothing} ${chord ? keys(chord) : nothing}
    </div>`;
  }

  /** Everything that fits, group by group, the group with the best first. */
  #find(): readonly Group[] {
    const { state, typed } = this;
    const commands = commandEntries(state);
    const all = [
      ...commands,
      ...(state.report ? reportEntries(state.report) : []),
      ...sampleEntries(state.samples ?? []),
    ];
    const found =
      typed.trim() === '' ? commands : [...placeEntries(state, typed), ...matches(parseQuery(typed), all)];
    const groups = new Map<PaletteGroup, PaletteEntry[]>();
    for (const entry of found) {
      const those = groups.get(entry.group);
      if (those) those.push(entry);
      else groups.set(entry.group, [entry]);
    }
    const most = groups.size > 1 ? MOST_OF_GROUP : MOST;
    return [...groups].map(([name, those]) => ({
      name,
      entries: those.slice(0, most),
      found: those.length,
    }));
  }

  /** All lines, in the order in which they are shown. */
  get #entries(): readonly PaletteEntry[] {
    return this.#groups.flatMap(({ entries }) => entries);
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
