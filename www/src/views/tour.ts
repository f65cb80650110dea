import { LitElement, type PropertyValues, type TemplateResult, html, nothing } from 'lit';
import { ask, go, openSetAside, openTour } from '../actions.ts';
import type { Address } from '../address.ts';
import type { Place, Report, SampleInfo, Tour, TourStop } from '../generated/types.ts';
import type { GivenFile } from '../protocol.ts';
import { structureAt } from '../selection.ts';
import { text } from '../text/index.ts';
import { baseName } from '../ui/format.ts';
import '../ui/hex-pane.ts';
import { placeText } from '../ui/hex-pane.ts';
import { icon } from '../ui/icons.ts';
import { parsePlace } from '../ui/offset.ts';
import { formatName, variantName } from './statement.ts';
import { tours } from './tour-list.ts';
import { stepBody } from './tour-step.ts';

/** The tour of the open image: its steps, the one that is taken, and the bytes that it is about. */
export class TourView extends LitElement {
  static override properties = {
    report: { attribute: false },
    at: { attribute: false },
    files: { attribute: false },
    samples: { attribute: false },
    sample: { attribute: false },
    hasOwn: { attribute: false },
    tour: { state: true },
    wrong: { state: true },
    pointed: { state: true },
  };

  declare report: Report;
  declare at: Address;
  declare files: readonly GivenFile[];
  declare samples: readonly SampleInfo[] | undefined;
  /** Name of the sample that is open, if it is one. */
  declare sample: string | undefined;
  /** Whether the reader has files of their own that can be opened again. */
  declare hasOwn: boolean;
  declare tour: Tour | undefined;
  /** Why there is no tour. */
  declare wrong: string | undefined;
  /** The place of a reading that was chosen in this step. */
  declare pointed: Place | undefined;

  /** Whether the step that is about to be drawn gets the keyboard. */
  #focusNext = false;

  protected override createRenderRoot(): this {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener('keydown', this.#onKey);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener('keydown', this.#onKey);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('at');
    if (changed.has('files') || (changed.has('at') && before?.guest !== this.at.guest)) void this.#load();
    if (changed.has('at') && before?.step !== this.at.step) this.pointed = undefined;
  }

  async #load(): Promise<void> {
    const { files, at } = this;
    const { guest } = at;
    const isCurrent = (): boolean => this.files === files && this.at.guest === guest;
    try {
      const tour = await ask('tour', { guest });
      if (!tour || !isCurrent()) return;
      this.tour = tour;
      this.wrong = undefined;
    } catch (error) {
      if (!isCurrent()) return;
      // A sector of another image that was open before.
      if (guest !== undefined) go({ guest: undefined });
      else this.wrong = error instanceof Error ? error.message : String(error);
    }
  }

  get #nth(): number {
    const last = (this.tour?.steps.length ?? 1) - 1;
    return Math.max(0, Math.min((this.at.step ?? 1) - 1, last));
  }

  #goTo(nth: number): void {
    const last = (this.tour?.steps.length ?? 1) - 1;
    const step = Math.max(0, Math.min(nth, last));
    if (step !== this.#nth) go({ step: step + 1 });
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const { target } = event;
    if (event.altKey || event.ctrlKey || event.metaKey || !(target instanceof Element)) return;
    if (target.closest('input, select, dg-hex')) return;
    const isList = target.closest('.tour-steps') !== null;
    const by: Record<string, number | undefined> = {
      ArrowRight: 1,
      ArrowLeft: -1,
      ArrowDown: isList ? 1 : undefined,
      ArrowUp: isList ? -1 : undefined,
    };
    const step = by[event.key];
    if (step === undefined) return;
    event.preventDefault();
    this.#focusNext = isList;
    this.#goTo(this.#nth + step);
  };

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has('at') && !changed.has('tour')) return;
    const current = this.querySelector<HTMLElement>('.tour-steps [aria-current="step"]');
    // The list scrolls by itself; the page stays where it is.
    const list = current?.closest('.tour-list-pane');
    if (current && list && list.scrollHeight > list.clientHeight)
      current.scrollIntoView({ block: 'nearest' });
    if (this.#focusNext) current?.focus();
    this.#focusNext = false;
    const before = changed.get('at');
    if (!before || before.step === this.at.step) return;
    const pane = this.querySelector<HTMLElement>('.tour-step-pane');
    pane?.scrollTo(0, 0);
    // What had the keyboard may be gone with its step, or be a button that leads no further.
    const active = document.activeElement;
    const isOff = active instanceof HTMLButtonElement && active.disabled;
    if (active === document.body || isOff) pane?.focus({ preventScroll: true });
  }

  protected override render(): TemplateResult {
    const { tour } = this;
    const step = tour?.steps[this.#nth];
    return html`<h1 class="unseen">${text().tour.title}</h1>
      ${this.#bar()}
      ${this.wrong === undefined ? nothing : html`<p class="page wrong-answer" lang="en">${this.wrong}</p>`}
      ${tour && step ? this.#panes(tour, step) : nothing}`;
  }

  #bar(): TemplateResult {
    const words = text().tour;
    const own = this.sample === undefined;
    const list = tours(this.samples ?? []);
    const isListed = list.some(({ name }) => name === this.sample);
    return html`<div class="tour-bar">
      <label
        >${words.of}
        <select
          data-action="choose-tour"
          @change=${(event: Event) => {
            if (event.target instanceof HTMLSelectElement && event.target.value)
              void openTour(event.target.value);
          }}
        >
          ${
            own || !isListed
              ? html`<option value="" selected>
                  ${(own ? words.yourImage : words.sample)(baseName(this.report.image?.key ?? ''))}
                </option>`
              : nothing
          }
          ${list.map(
            ({ name, format, variant }) =>
              html`<option value=${name} ?selected=${name === this.sample}>
                ${words.sample(`${formatName(format)} · ${variantName(variant)}`)}
              </option>`,
          )}
        </select></label
      >
      ${
        this.hasOwn
          ? html`<button class="button small" data-action="own-files" @click=${openSetAside}>
              ${icon('file')}<span>${words.backToOwn}</span>
            </button>`
          : nothing
      }
      ${this.tour?.guest ? this.#sectorForm(this.tour.guest.offset / SECTOR) : nothing}
    </div>`;
  }

  /** The sector that is looked up, and another one in its place. */
  #sectorForm(sector: number): TemplateResult {
    const size = this.report.image?.virtual_size_bytes ?? 0;
    return html`<form
      class="tour-sector"
      @submit=${(event: SubmitEvent) => {
        event.preventDefault();
        const input = this.querySelector<HTMLInputElement>('.tour-sector input');
        if (!input) return;
        const typed = parsePlace(`sector ${input.value}`, { what: text().common.theDisk, size });
        input.setCustomValidity(typed.wrong ?? '');
        if (typed.wrong !== undefined) {
          input.reportValidity();
          return;
        }
        const first = this.tour?.steps.findIndex(({ topic }) => topic === 'way') ?? 0;
        go({ guest: typed.bytes, step: first + 1 });
      }}
      @input=${() => {
        this.querySelector<HTMLInputElement>('.tour-sector input')?.setCustomValidity('');
      }}
    >
      <label
        >${text().tour.sector}
        <input data-shortcut inputmode="numeric" autocomplete="off" .value=${String(sector)}
      /></label>
      <button class="button small">${text().tour.find}</button>
    </form>`;
  }

  #panes(tour: Tour, step: TourStop): TemplateResult {
    const words = text().tour;
    const nth = this.#nth;
    const place = this.pointed ?? step.place ?? undefined;
    return html`<div class="panes tour-panes">
      <nav class="pane tour-list-pane" aria-label=${words.steps}>
        <ol class="tour-steps">
          ${tour.steps.map(
            ({ title }, index) =>
              html`<li>
                <button
                  data-step=${index + 1}
                  lang="en"
                  aria-current=${index === nth ? 'step' : 'false'}
                  @click=${() => {
                    this.#goTo(index);
                  }}
                >
                  ${title}
                </button>
              </li>`,
          )}
        </ol>
      </nav>
      <section class="pane tour-step-pane" aria-label=${words.step} tabindex="0">
        <div class="tour-step">
          <header>
            <p class="note">${words.stepOf(nth + 1, tour.steps.length)}</p>
            <h2 aria-live="polite" lang="en">${step.title}</h2>
          </header>
          ${stepBody(step, {
            show: (place) => {
              this.pointed = place;
            },
            shown: place,
            file: tour.image,
          })}
          ${nth === tour.steps.length - 1 ? this.#afterwards(tour) : nothing}
        </div>
        <div class="tour-buttons">
          <button
            class="button"
            data-action="back"
            ?disabled=${nth === 0}
            @click=${() => {
              this.#goTo(nth - 1);
            }}
          >
            ${words.back}
          </button>
          <button
            class="button primary"
            data-action="next"
            ?disabled=${nth === tour.steps.length - 1}
            @click=${() => {
              this.#goTo(nth + 1);
            }}
          >
            ${words.next}
          </button>
        </div>
      </section>
      <section class="pane hex-pane" aria-label=${words.bytes}>${this.#bytes(place)}</section>
    </div>`;
  }

  /** What to do when the tour is over. */
  #afterwards(tour: Tour): TemplateResult {
    const { endOwn, endHasOwn, endSample, sectors } = text().tour;
    const words = this.sample === undefined ? endOwn : this.hasOwn ? endHasOwn : endSample;
    return html`<p class="tour-end" data-end>${words} ${tour.guest ? sectors(this.#sectors) : nothing}</p>`;
  }

  get #sectors(): number {
    return Math.ceil((this.report.image?.virtual_size_bytes ?? 0) / SECTOR);
  }

  #bytes(place: Place | undefined): TemplateResult {
    const name = place?.file ?? this.tour?.image;
    const file = this.report.files.find((file) => file.name === name);
    if (!file) return html`<p class="calm">${text().tour.noBytes}</p>`;
    return html`<header class="pane-head hex-bar">
        <b title=${file.name}>${baseName(file.name)}</b>
        <span class="place"
          >${place ? placeText(place.offset, place.length) : text().tour.onlyArithmetic}</span
        >
      </header>
      <dg-hex
        .file=${file}
        .structure=${place ? structureAt(this.report, file.name, place.offset) : undefined}
        .offset=${place?.offset}
        .length=${place?.length}
      ></dg-hex>`;
  }
}

const SECTOR = 512;

customElements.define('dg-tour', TourView);
