import { LitElement, type PropertyValues, type TemplateResult, html, nothing } from 'lit';
import { go, goToGuest, goToStructure, goToWhereabouts, select } from '../actions.ts';
import type { Address } from '../address.ts';
import { explain } from '../gallery.ts';
import type { Explanation, Report, ReportedFinding, SampleInfo } from '../generated/types.ts';
import { ofFinding } from '../selection.ts';
import { text } from '../text/index.ts';
import '../ui/byte-line.ts';
import { baseName, digits, hex, sentence, size } from '../ui/format.ts';
import { icon } from '../ui/icons.ts';
import { SEVERITIES, groupFindings, severitiesOf, shownFindings, withSeverity } from './finding-groups.ts';
import { severityIcon, times } from './finding-line.ts';
import { sampleLink, samplesOf } from './sample-list.ts';

/** Samples that are offered for a finding. */
const MOST_SAMPLES = 3;

/** Places of a finding whose bytes are shown. */
const MOST_PLACES = 4;

/** What is worth saying, by what it is about and worst first, each with why, its bytes and what to do. */
export class Findings extends LitElement {
  static override properties = {
    report: { attribute: false },
    at: { attribute: false },
    samples: { attribute: false },
    sample: { attribute: false },
  };

  declare report: Report;
  declare at: Address;
  declare samples: readonly SampleInfo[] | undefined;
  /** Name of the sample that is open, if one is. */
  declare sample: string | undefined;

  readonly #explanations = new Map<string, Explanation | Error | undefined>();

  protected override createRenderRoot(): this {
    return this;
  }

  protected override willUpdate(): void {
    for (const { id } of this.#shown) void this.#explain(id);
  }

  protected override updated(changed: PropertyValues<this>): void {
    const before = changed.get('at');
    if (!changed.has('at') || !this.at.finding || before?.finding === this.at.finding) return;
    const card = this.querySelector(`[data-finding="${CSS.escape(this.at.finding)}"]`);
    // Whoever walks from finding to finding sees what is around.
    card?.scrollIntoView({ block: card.matches(':focus') ? 'nearest' : 'start' });
  }

  get #shown(): readonly ReportedFinding[] {
    return shownFindings(this.report.findings, this.at);
  }

  protected override render(): TemplateResult {
    const words = text().findings;
    const { findings } = this.report;
    if (findings.length === 0) {
      return html`<div class="page findings">
        <h1>${words.title}</h1>
        <p class="calm">${text().common.nothingToReport}</p>
      </div>`;
    }
    const shown = this.#shown;
    const first = shown.find(({ id }) => id === this.at.finding) ?? shown[0];
    return html`<div class="page findings" @keydown=${this.#onKey}>
      <header class="findings-head">
        <h1>${words.title}</h1>
        ${findings.length > 1 ? this.#filters(shown.length) : nothing}
      </header>
      ${shown.length === 0 ? html`<p class="calm">${words.noneLike}</p>` : nothing}
      ${groupFindings(shown).map(
        ({ layer, title, findings }) =>
          html`<section aria-labelledby="findings-${layer}">
            <h2 id="findings-${layer}">${title} <span class="note">${digits(findings.length)}</span></h2>
            ${findings.map((finding) => this.#finding(finding, finding === first))}
          </section>`,
      )}
    </div>`;
  }

  #filters(shown: number): TemplateResult {
    const { findings } = this.report;
    const words = text().findings;
    const chosen = severitiesOf(this.at.only);
    return html`<div class="finding-filters" role="group" aria-label=${words.filter}>
        ${SEVERITIES.map((severity) => {
          const those = findings.filter((finding) => finding.severity === severity).length;
          return html`<button
            class="filter-chip"
            data-severity=${severity}
            aria-pressed=${chosen.includes(severity)}
            ?disabled=${those === 0 && !chosen.includes(severity)}
            @click=${() => {
              // What is looked at is not kept in sight against the reader's wish.
              go({ only: withSeverity(this.at.only, severity), finding: undefined });
            }}
          >
            ${icon(severity)}${words.severities[severity]} <b>${digits(those)}</b>
          </button>`;
        })}
      </div>
      <div class="finding-search" role="search">
        ${icon('search')}
        <input
          type="search"
          data-shortcut
          aria-label=${words.search}
          placeholder=${words.search}
          autocomplete="off"
          spellcheck="false"
          .value=${this.at.seek ?? ''}
          @input=${(event: Event) => {
            if (event.target instanceof HTMLInputElement)
              go({ seek: event.target.value || undefined, finding: undefined });
          }}
        />
      </div>
      <span class="note" role="status"
        >${shown === findings.length ? '' : words.shown(shown, findings.length)}</span
      >`;
  }

  #finding(finding: ReportedFinding, hasTabStop: boolean): TemplateResult {
    const { id, severity, title, detail, remedy } = finding;
    const words = text().findings;
    const why = this.#explanations.get(id);
    return html`<article
      class="finding"
      data-finding=${id}
      tabindex=${hasTabStop ? 0 : -1}
      aria-labelledby="title-${id}"
      aria-current=${id === this.at.finding ? 'true' : nothing}
      @focus=${() => {
        if (id !== this.at.finding) select(ofFinding(this.report, finding));
      }}
    >
      ${severityIcon(severity)}
      <div class="finding-body">
        <header>
          <h3 id="title-${id}" lang="en">${title}${times(finding)}</h3>
          <p class="finding-id"><code>${id}</code></p>
        </header>
        <p class="finding-detail" lang="en">${sentence(detail)}</p>
        ${this.#numbers(finding)} ${this.#places(finding)}
        <dl class="aligned finding-words">
          ${
            why && !(why instanceof Error)
              ? html`<div>
                  <dt>${words.why}</dt>
                  <dd lang="en">${why.why}</dd>
                </div>`
              : nothing
          }
          <div>
            <dt>${words.remedy}</dt>
            <dd class="remedy" lang="en">${remedy}</dd>
          </div>
        </dl>
        ${this.#explanation(id)}
      </div>
    </article>`;
  }

  /** The arrows walk from finding to finding; `Enter` goes to its bytes. */
  readonly #onKey = (event: KeyboardEvent): void => {
    const { target } = event;
    if (!(target instanceof HTMLElement) || event.altKey || event.ctrlKey || event.metaKey) return;
    const cards = [...this.querySelectorAll<HTMLElement>('[data-finding]')];
    const isField = target.matches('input');
    if (isField && event.key === 'ArrowDown') cards[0]?.focus();
    else if (target.matches('[data-finding]')) {
      const at = cards.indexOf(target);
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: cards.length - 1 }[event.key];
      if (to !== undefined) cards[to]?.focus();
      else if (event.key === 'Enter') target.querySelector<HTMLElement>('.places button')?.click();
      else return;
    } else return;
    event.preventDefault();
  };

  #numbers({ args, guest_range }: ReportedFinding): TemplateResult | typeof nothing {
    const entries = numbersInOrder(args);
    if (entries.length === 0 && !guest_range) return nothing;
    return html`<dl class="aligned finding-numbers">
      ${entries.map(
        ([name, value]) =>
          html`<div>
            <dt lang="en">${name.replaceAll('_', ' ')}</dt>
            <dd><code>${value}</code></dd>
          </div>`,
      )}
      ${
        guest_range
          ? html`<div>
              <dt>${text().findings.onTheDisk}</dt>
              <dd>
                <button
                  class="link"
                  data-guest=${guest_range.offset}
                  title=${text().findings.whereBytes}
                  @click=${() => {
                    goToGuest(guest_range);
                  }}
                >
                  ${text().common.fromByte(size(guest_range.length), guest_range.offset)}
                </button>
              </dd>
            </div>`
          : nothing
      }
    </dl>`;
  }

  #places({ places, structure, field, count: times }: ReportedFinding): TemplateResult | typeof nothing {
    const inStructure = this.report.structures.find(({ key }) => key === structure);
    if (places.length === 0 && !inStructure) return nothing;
    const words = text().findings;
    const more = times - Math.min(places.length, MOST_PLACES);
    return html`<div class="places">
      ${
        inStructure
          ? html`<button
              class="button small"
              lang="en"
              @click=${() => {
                goToStructure(inStructure.key, field ?? undefined);
              }}
            >
              ${inStructure.title}${field ? html`<code>${field}</code>` : nothing}
            </button>`
          : nothing
      }
      ${places.slice(0, MOST_PLACES).map(
        (place) =>
          html`<div class="place-line">
            ${this.report.files.length > 1 ? html`<span class="note">${baseName(place.file)}</span>` : nothing}
            <dg-byte-line .place=${place}></dg-byte-line>
            <button
              class="icon-button"
              aria-label=${words.liesAt(hex(place.offset))}
              title=${words.liesHere}
              @click=${() => {
                goToWhereabouts(place);
              }}
            >
              ${icon('translate')}
            </button>
          </div>`,
      )}
      ${places.length > 0 && more > 0 ? html`<span class="note">${words.otherPlaces(more)}</span>` : nothing}
    </div>`;
  }

  #explanation(id: string): TemplateResult | typeof nothing {
    const words = text().findings;
    const told = this.#explanations.get(id);
    if (told === undefined) return nothing;
    return html`<details class="explanation">
      <summary>${words.explanation}</summary>
      ${
        told instanceof Error
          ? html`<p>${told.message}</p>`
          : html`<dl>
              <div>
                <dt>${words.bytesSay}</dt>
                <dd lang="en">${told.what}</dd>
              </div>
              <div>
                <dt>${words.source}</dt>
                <dd lang="en">${told.spec}</dd>
              </div>
              ${this.#otherSamples(id)}
            </dl>`
      }
    </details>`;
  }

  /** Samples in which the same can be seen, in a tab of their own: what is open here stays open. */
  #otherSamples(id: string): TemplateResult | typeof nothing {
    const words = text().findings;
    const samples = samplesOf(this.samples ?? [], id).filter(({ name }) => name !== this.sample);
    if (samples.length === 0) return nothing;
    return html`<div>
      <dt>${words.sample}</dt>
      ${samples.slice(0, MOST_SAMPLES).map(
        ({ name, title, deep }) =>
          html`<dd>
            <a
              class="link"
              href=${sampleLink(name, { view: 'findings', finding: id })}
              target="_blank"
              rel="noopener"
              data-shows=${id}
              lang="en"
              >${title}</a
            >
            <span class="note">${deep ? words.inNewTabDeep : words.inNewTab}</span>
          </dd>`,
      )}
    </div>`;
  }

  /** Asks once for the story of a rule. */
  async #explain(id: string): Promise<void> {
    if (this.#explanations.has(id)) return;
    this.#explanations.set(id, undefined);
    try {
      this.#explanations.set(id, await explain(id));
    } catch (error) {
      this.#explanations.set(id, error instanceof Error ? error : new Error(String(error)));
    }
    this.requestUpdate();
  }
}

/** What was expected and what was found first, one below the other. */
function numbersInOrder(args: ReportedFinding['args']): [name: string, value: string][] {
  const rank = (name: string): number => (name === 'expected' ? 0 : name === 'found' ? 1 : 2);
  return Object.entries(args).sort(([a], [b]) => rank(a) - rank(b));
}

customElements.define('dg-findings', Findings);
