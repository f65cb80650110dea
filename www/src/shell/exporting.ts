import { LitElement, type PropertyValues, type TemplateResult, html, nothing } from 'lit';
import { FORMS, copyReport, downloadReport, exported, printReport, setRedacts } from '../export.ts';
import type { ReportForm } from '../protocol.ts';
import type { State } from '../state.ts';
import { text } from '../text/index.ts';
import { size } from '../ui/format.ts';
import { icon } from '../ui/icons.ts';

const ORDER: readonly ReportForm[] = ['markdown', 'html', 'json'];

/** What leaves the page, to be looked at before: the report in its forms, with placeholders or without. */
export class Exporting extends LitElement {
  static override properties = {
    state: { attribute: false },
    isOpen: { state: true },
    form: { state: true },
    preview: { state: true },
    failure: { state: true },
    said: { state: true },
  };

  declare state: State;
  declare isOpen: boolean;
  declare form: ReportForm;
  /** The text, which is what leaves the page; nothing while it is being written. */
  declare preview: string | undefined;
  /** Why it could not be written. */
  declare failure: string | undefined;
  /** What was just done that cannot be seen otherwise. */
  declare said: string;

  constructor() {
    super();
    this.isOpen = false;
    this.form = 'markdown';
    this.preview = undefined;
    this.failure = undefined;
    this.said = '';
  }

  protected override createRenderRoot(): this {
    return this;
  }

  async open(): Promise<void> {
    this.isOpen = true;
    await this.updateComplete;
    this.querySelector('dialog')?.showModal();
    this.querySelector<HTMLInputElement>('input[name="form"]:checked')?.focus();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('state');
    const isOther =
      before !== undefined && (before.report !== this.state.report || before.redacts !== this.state.redacts);
    if (this.isOpen && (changed.has('isOpen') || changed.has('form') || isOther)) void this.#write();
  }

  /** Has the shown text written anew. */
  async #write(): Promise<void> {
    const { form, state } = this;
    this.preview = undefined;
    this.failure = undefined;
    this.said = '';
    let preview: string | undefined;
    let failure: string | undefined;
    try {
      preview = await exported(form);
    } catch (error) {
      failure = String(error);
    }
    // Something else may be wanted by now.
    if (this.form === form && this.state.redacts === state.redacts) Object.assign(this, { preview, failure });
  }

  readonly #close = (): void => {
    this.querySelector('dialog')?.close();
  };

  readonly #copy = (): void => {
    copyReport(this.form, this.preview, () => {
      this.said = text().exporting.copied;
    });
  };

  protected override render(): TemplateResult {
    return html`<dialog
      class="exporting"
      aria-labelledby="exporting-title"
      @close=${() => {
        this.isOpen = false;
        this.preview = undefined;
      }}
      @click=${(event: MouseEvent) => {
        if (event.target instanceof HTMLDialogElement) this.#close();
      }}
    >
      ${this.isOpen ? this.#content() : nothing}
    </dialog>`;
  }

  #content(): TemplateResult {
    const words = text().exporting;
    const { form, preview, failure, state } = this;
    const isBusy = preview === undefined && failure === undefined;
    return html`<header>
        <h2 id="exporting-title">${words.title}</h2>
        <button class="icon-button" aria-label=${words.close} title=${words.close} @click=${this.#close}>
          ${icon('close')}
        </button>
      </header>
      <div class="exporting-choice">
        <fieldset>
          <legend class="unseen">${words.form}</legend>
          ${ORDER.map(
            (each) =>
              html`<label
                ><input
                  type="radio"
                  name="form"
                  value=${each}
                  .checked=${each === form}
                  @change=${() => {
                    this.form = each;
                  }}
                />${FORMS[each].name}</label
              >`,
          )}
        </fieldset>
        <label class="exporting-redact" title=${words.redactWhy}
          ><input
            type="checkbox"
            role="switch"
            name="redact"
            data-action="redact"
            .checked=${state.redacts}
            @change=${(event: Event) => {
              if (event.target instanceof HTMLInputElement) setRedacts(event.target.checked);
            }}
          />${words.redact}</label
        >
      </div>
      <p class="note">${state.redacts ? words.redactWhy : words.asItIs}</p>
      <pre
        class="exporting-preview"
        tabindex="0"
        role="region"
        aria-label=${words.preview}
        aria-busy=${isBusy}
        lang="en"
      >
${preview ?? failure ?? ''}</pre>
      <footer>
        <span class="note" role="status"
          >${this.said || (isBusy ? words.writing : preview === undefined ? '' : words.length(size(new Blob([preview]).size)))}</span
        >
        <button class="button" data-action="print-report" @click=${printReport}>${words.print}</button>
        <button class="button" data-action="copy-report" @click=${this.#copy}>${words.copy}</button>
        <button
          class="button primary"
          data-action="download-report"
          @click=${() => {
            downloadReport(form, preview);
          }}
        >
          ${icon('save')}<span>${words.download}</span>
        </button>
      </footer>`;
  }
}

customElements.define('dg-export', Exporting);
