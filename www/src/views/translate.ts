import { LitElement, type PropertyValues, type TemplateResult, html, nothing } from 'lit';
import { ask, go, goToGuest, goToWhereabouts, store } from '../actions.ts';
import type { Address } from '../address.ts';
import type { Report, Translation, Whereabouts } from '../generated/types.ts';
import { text } from '../text/index.ts';
import '../ui/divider.ts';
import { sentence } from '../ui/format.ts';
import { USUAL_SPAN, fileForm, guestForm } from './translate-forms.ts';
import { guestAnswer, pieceSteps } from './translate-guest.ts';
import { fileAnswer, holdingSteps } from './translate-file.ts';

/** What is asked: a place of the guest's disk, or (the way back) a byte of a file. */
type Asked = { way: 'guest'; offset: number; length: number } | { way: 'file'; file: string; offset: number };

/** From a place of the guest's disk to the bytes of a file, in steps that can be done by hand, and back. */
export class Translate extends LitElement {
  static override properties = {
    report: { attribute: false },
    at: { attribute: false },
    answer: { state: true },
    chosen: { state: true },
  };

  declare report: Report;
  declare at: Address;
  declare answer: Translation | Whereabouts | Error | undefined;
  /** The piece, or the holding, whose steps are shown. */
  declare chosen: number;

  /** What the answer is for, and the set of files and the image it is about. */
  #asked: { key: string; set: unknown } | undefined;

  constructor() {
    super();
    this.chosen = 0;
  }

  protected override createRenderRoot(): this {
    return this;
  }

  get #question(): Asked | undefined {
    const { guest, span, file, offset } = this.at;
    if (guest !== undefined) return { way: 'guest', offset: guest, length: Math.max(1, span ?? USUAL_SPAN) };
    if (file === undefined || offset === undefined) return undefined;
    return { way: 'file', file, offset };
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('at') && !changed.has('report')) return;
    const question = this.#question;
    const key = JSON.stringify([question, this.report.image?.key]);
    const set = store.state.files;
    if (this.#asked?.key === key && this.#asked.set === set) return;
    this.#asked = { key, set };
    this.answer = undefined;
    this.chosen = 0;
    if (question) void this.#ask(question, key);
  }

  async #ask(question: Asked, key: string): Promise<void> {
    let answer: Translation | Whereabouts | Error | undefined;
    try {
      answer =
        question.way === 'guest'
          ? await ask('translate', { offset: question.offset, length: question.length })
          : await ask('whereabouts', { file: question.file, offset: question.offset });
    } catch (error) {
      answer = error instanceof Error ? error : new Error(String(error));
    }
    if (this.#asked?.key === key) this.answer = answer;
  }

  protected override render(): TemplateResult {
    const isBack = this.at.guest === undefined && this.at.offset !== undefined && this.at.file !== undefined;
    const words = text().translate;
    return html`<h1 class="unseen">${words.title}</h1>
      <div class="panes translate-panes">
        <section class="pane answer-pane" aria-label=${words.questionAndAnswer}>
          <header class="pane-head">
            ${this.#ways(isBack)} ${isBack ? this.#fileForm() : this.#guestForm()}
          </header>
          <div class="answer" aria-live="polite">${this.#answer()}</div>
        </section>
        <dg-divider name="steps" toward="after" aria-label=${words.stepsWidth}></dg-divider>
        <section class="pane steps-pane" aria-label=${words.steps}>${this.#steps()}</section>
      </div>`;
  }

  #ways(isBack: boolean): TemplateResult {
    const words = text().translate;
    const { file, offset } = this.at;
    const way = (name: string, isChosen: boolean, choose: () => void): TemplateResult =>
      html`<button role="radio" aria-checked=${isChosen} @click=${choose}>${name}</button>`;
    return html`<div class="segmented" role="radiogroup" aria-label=${words.way}>
      ${way(words.toFile, !isBack, () => {
        if (isBack) go({ guest: this.#guestOfAnswer() });
      })}
      ${way(words.toDisk, isBack, () => {
        const known = file ?? this.report.image?.key ?? this.report.files[0]?.name;
        if (!isBack && known !== undefined)
          goToWhereabouts(this.#placeOfAnswer() ?? { file: known, offset: offset ?? 0 });
      })}
    </div>`;
  }

  /** Where the answer to one way leads, as the question of the other. */
  #guestOfAnswer(): number {
    return this.answer && 'held' in this.answer ? (this.answer.held[0]?.guest?.offset ?? 0) : 0;
  }

  #placeOfAnswer(): { file: string; offset: number } | undefined {
    return this.answer && 'pieces' in this.answer
      ? (this.answer.pieces[this.chosen]?.place ?? undefined)
      : undefined;
  }

  #guestForm(): TemplateResult {
    const { guest, span } = this.at;
    return guestForm(this.report, guest, span, goToGuest);
  }

  #fileForm(): TemplateResult {
    return fileForm(this.report, this.at.file ?? '', this.at.offset ?? 0, goToWhereabouts);
  }

  #answer(): TemplateResult | typeof nothing {
    const { answer, report, chosen } = this;
    const choose = (nth: number): void => {
      this.chosen = nth;
    };
    if (answer instanceof Error)
      return html`<p class="wrong-answer" role="alert" lang="en">${sentence(answer.message)}</p>`;
    if (answer && 'pieces' in answer) return guestAnswer(report, answer, this.at.span, chosen, choose);
    if (answer && 'held' in answer) return fileAnswer(report, answer, chosen, choose);
    return this.#question ? html`<p class="calm waiting">…</p>` : nothing;
  }

  #steps(): TemplateResult | typeof nothing {
    const { answer, report, chosen } = this;
    if (answer && 'pieces' in answer) {
      const piece = answer.pieces[chosen];
      if (piece) return pieceSteps(report, piece, answer.pieces.length > 1 ? chosen : undefined);
    }
    if (answer && 'held' in answer) {
      const held = answer.held[chosen];
      if (held && held.steps.length > 0) return holdingSteps(report, held);
    }
    return html`<div class="side-empty">
      <h2>${text().translate.byHand}</h2>
      <p>${text().translate.byHandWhy}</p>
    </div>`;
  }
}

customElements.define('dg-translate', Translate);
