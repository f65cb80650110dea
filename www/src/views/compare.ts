import { LitElement, type TemplateResult, html } from 'lit';
import { ask, openTour } from '../actions.ts';
import { sampleFiles } from '../gallery.ts';
import type { Topic, Tour, TourReading, TourStop } from '../generated/types.ts';
import { text } from '../text/index.ts';
import { baseName } from '../ui/format.ts';
import { formatName, variantName } from './statement.ts';
import { stepBody } from './tour-step.ts';

/** The samples that hold one and the same disk. */
const TWINS = ['vhd-side-by-side', 'vmdk-side-by-side'] as const;

/** Samples that stand on a parent, which the twins do not. */
const CHILDREN = ['vhd-differencing', 'vmdk-snapshots'] as const;

/** The questions, in the order in which they are asked. */
const TOPICS: readonly Topic[] = [
  'recognise',
  'size',
  'unit',
  'words',
  'table',
  'empty',
  'copies',
  'parent',
  'way',
];

/** The tour of a sample, to that byte of its disk. */
async function tourOf(sample: string, guest?: number): Promise<Tour | undefined> {
  return ask('tourOf', { files: await sampleFiles(sample), guest });
}

/** One disk in two formats, question by question. All numbers come from the two images. */
export class Compare extends LitElement {
  static override properties = { sides: { state: true }, wrong: { state: true } };

  /** Both tours, each with the steps of its child on the parent. */
  declare sides: readonly Tour[] | undefined;
  declare wrong: string | undefined;

  protected override createRenderRoot(): this {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (!this.sides) void this.#load();
  }

  async #load(): Promise<void> {
    try {
      const [first, ...others] = TWINS;
      const left = await tourOf(first);
      // The same sector in all of them.
      const guest = left?.guest?.offset;
      const rest = await Promise.all(others.map((name) => tourOf(name, guest)));
      const children = await Promise.all(CHILDREN.map((name) => tourOf(name)));
      this.sides = [left, ...rest].flatMap((tour, side) => {
        if (!tour) return [];
        const parent = children[side]?.steps.filter(({ topic }) => topic === 'parent') ?? [];
        return [{ ...tour, steps: [...tour.steps, ...parent] }];
      });
    } catch (error) {
      this.wrong = error instanceof Error ? error.message : String(error);
    }
  }

  protected override render(): TemplateResult {
    const { sides, wrong } = this;
    const words = text().tour.compare;
    if (wrong !== undefined)
      return html`<div class="page"><p class="wrong-answer" lang="en">${wrong}</p></div>`;
    if (!sides) return html`<div class="page"><p class="calm waiting">${words.waiting}</p></div>`;
    const guest = sides[0]?.guest;
    return html`<div class="page compare">
      <header class="compare-intro">
        <h1>${words.title}</h1>
        <p>${words.about(sides.map(kindOf))} ${guest ? words.aboutSector(guest.offset / 512) : ''}</p>
      </header>
      <div class="compare-row compare-names">
        ${sides.map(
          (side, nth) =>
            html`<div>
              <b>${kindOf(side)}</b>
              <code>${baseName(side.image)}</code>
              <button
                class="link"
                @click=${() => {
                  void openTour(TWINS[nth] ?? TWINS[0]);
                }}
              >
                ${words.walk}
              </button>
            </div>`,
        )}
      </div>
      ${question('order', words.order, sides, order)}
      ${TOPICS.map((topic) =>
        question(topic, words.questions[topic], sides, (side) =>
          answer(side.steps.filter((step) => step.topic === topic)),
        ),
      )}
    </div>`;
  }
}

function kindOf({ format, variant }: Tour): string {
  return `${formatName(format)} (${variantName(variant)})`;
}

function question(
  key: string,
  words: string,
  sides: readonly Tour[],
  column: (side: Tour) => TemplateResult,
): TemplateResult {
  return html`<section class="compare-question" data-question=${key} aria-labelledby="question-${key}">
    <h2 id="question-${key}">${words}</h2>
    <div class="compare-row">
      ${sides.map(
        (side) =>
          html`<div class="compare-side">
            <p class="compare-kind">${kindOf(side)}</p>
            ${column(side)}
          </div>`,
      )}
    </div>
  </section>`;
}

function answer(steps: readonly TourStop[]): TemplateResult {
  if (steps.length === 0) return html`<p class="calm">${text().tour.compare.nothing}</p>`;
  return html`${steps.map(
    (step) =>
      html`<article class="compare-step">
        <h3 lang="en">${step.title}</h3>
        ${stepBody(step, { file: step.place?.file })}
      </article>`,
  )}`;
}

/** The byte order, by the example of the first number whose bytes show it. */
function order({ steps }: Tour): TemplateResult {
  const words = text().tour;
  const readings = steps.flatMap((step) => step.readings);
  const example = readings.find(showsOrder);
  if (!example) return html`<p class="calm">${text().tour.compare.oneByteEach}</p>`;
  const form = words.forms[example.form];
  return html`<p>
    ${words.compare.example(form.charAt(0).toUpperCase() + form.slice(1), html`<code class="raw">${example.bytes}</code>`, html`<span lang="en">${example.term}</span>`, html`<code data-value>${example.value}</code>`)}
  </p>`;
}

function showsOrder({ form, bytes }: TourReading): boolean {
  const pairs = bytes.split(' ');
  const isNumber = form === 'big-endian' || form === 'little-endian';
  return isNumber && pairs.join() !== pairs.toReversed().join();
}

customElements.define('dg-compare', Compare);
