import { LitElement, type TemplateResult, html, nothing } from 'lit';
import { COMMANDS, type CommandGroup, LOCAL_KEYS } from '../commands.ts';
import { text } from '../text/index.ts';
import { icon } from '../ui/icons.ts';
import { keys } from '../ui/key-caps.ts';

/** All keys of the page, in a dialog: those that work everywhere, and those of lists, tables and bytes. */
export class KeyMap extends LitElement {
  static override properties = { isOpen: { state: true } };

  declare isOpen: boolean;

  constructor() {
    super();
    this.isOpen = false;
  }

  protected override createRenderRoot(): this {
    return this;
  }

  async open(): Promise<void> {
    this.isOpen = true;
    await this.updateComplete;
    this.querySelector('dialog')?.showModal();
  }

  readonly #close = (): void => {
    this.querySelector('dialog')?.close();
  };

  protected override render(): TemplateResult {
    return html`<dialog
      class="key-map"
      aria-labelledby="key-map-title"
      @close=${() => {
        this.isOpen = false;
      }}
      @click=${(event: MouseEvent) => {
        if (event.target instanceof HTMLDialogElement) this.#close();
      }}
    >
      ${this.isOpen ? this.#content() : nothing}
    </dialog>`;
  }

  #content(): TemplateResult {
    return html`<header>
        <h2 id="key-map-title">${text().header.keyMap}</h2>
        <button class="icon-button" aria-label=${text().common.close} @click=${this.#close}>
          ${icon('close')}
        </button>
      </header>
      <div class="key-groups" tabindex="0" role="region" aria-label=${text().header.keys}>
        ${groups().map(
          ({ where, lines }) =>
            html`<section>
              <h3>${where}</h3>
              <dl>
                ${lines.map(
                  ([chords, does]) =>
                    html`<div>
                      <dt>${does}</dt>
                      <dd>${chords.map(keys)}</dd>
                    </div>`,
                )}
              </dl>
            </section>`,
        )}
      </div>`;
  }
}

interface Group {
  where: string;
  lines: readonly (readonly [chords: readonly string[], does: string])[];
}

const ORDER: readonly CommandGroup[] = ['Page', 'Views', 'Places', 'Files', 'Image'];

function groups(): readonly Group[] {
  const { groups, local } = text().commands;
  return [
    ...ORDER.map((group) => ({
      where: groups[group],
      lines: COMMANDS.filter((command) => command.group === group && command.keys.length > 0).map(
        ({ keys, title }) => [keys, title] as const,
      ),
    })).filter(({ lines }) => lines.length > 0),
    ...LOCAL_KEYS.map(({ where, keys }) => ({
      where: local[where],
      lines: keys.map(([chords, does]) => [chords, local[does]] as const),
    })),
  ];
}

customElements.define('dg-key-map', KeyMap);
