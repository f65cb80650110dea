import { LitElement, type PropertyValues, type TemplateResult, html, nothing } from 'lit';
import { ask, goToGuest, goToPlace, goToStructure, goToWhereabouts } from '../actions.ts';
import type { Address } from '../address.ts';
import type { Explanation, Report, ReportedFinding, SampleInfo } from '../generated/types.ts';
import { baseName, count, digits, hex, size } from '../ui/format.ts';
import { icon } from '../ui/icons.ts';
import { placeText } from '../ui/hex-pane.ts';
import { SEVERITIES, SEVERITY_WORDS, severityIcon, times } from './finding-line.ts';
import { sampleLink, samplesOf } from './sample-list.ts';

/** Samples that are offered for a finding. */
const MOST_SAMPLES = 3;

/** What is worth saying, worst first, each with its bytes and what to do. */
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

  readonly #explanations = new Map<string, Explanation | Error>();

  protected override createRenderRoot(): this {
    return this;
  }

  protected override updated(changed: PropertyValues<this>): void {
    const before = changed.get('at');
    if (!changed.has('at') || !this.at.finding || before?.finding === this.at.finding) return;
    this.querySelector(`[data-finding="${CSS.escape(this.at.finding)}"]`)?.scrollIntoView({ block: 'start' });
  }

  protected override render(): TemplateResult {
    const { findings } = this.report;
    if (findings.length === 0) {
      return html`<div class="page findings">
        <h1>Findings</h1>
        <p class="calm">Nothing to report.</p>
      </div>`;
    }
    return html`<div class="page findings">
      <h1 class="unseen">Findings</h1>
      ${SEVERITIES.map((severity) => {
        const group = findings.filter((finding) => finding.severity === severity);
        if (group.length === 0) return nothing;
        return html`<section>
          <h2>${SEVERITY_WORDS[severity]} <span class="note">${digits(group.length)}</span></h2>
          ${group.map((finding) => this.#finding(finding))}
        </section>`;
      })}
    </div>`;
  }

  #finding(finding: ReportedFinding): TemplateResult {
    const { id, severity, title, detail, remedy, layer } = finding;
    return html`<article
      class="finding"
      data-finding=${id}
      aria-current=${id === this.at.finding ? 'true' : nothing}
    >
      ${severityIcon(severity)}
      <div class="finding-body">
        <header>
          <h3>${title}${times(finding)}</h3>
          <p class="finding-id"><code>${id}</code><span class="badge">${layer}</span></p>
        </header>
        <p class="finding-detail">${detail}</p>
        ${this.#numbers(finding)} ${this.#places(finding)}
        <p class="remedy"><b>What to do</b> ${remedy}</p>
        ${this.#explanation(id)}
      </div>
    </article>`;
  }

  #numbers({ args, guest_range }: ReportedFinding): TemplateResult | typeof nothing {
    const entries = Object.entries(args);
    if (entries.length === 0 && !guest_range) return nothing;
    return html`<dl class="aligned finding-numbers">
      ${entries.map(
        ([name, value]) =>
          html`<div>
            <dt>${name.replaceAll('_', ' ')}</dt>
            <dd><code>${value}</code></dd>
          </div>`,
      )}
      ${
        guest_range
          ? html`<div>
              <dt>on the disk</dt>
              <dd>
                <button
                  class="link"
                  data-guest=${guest_range.offset}
                  title="Where these bytes lie"
                  @click=${() => {
                    goToGuest(guest_range);
                  }}
                >
                  ${size(guest_range.length)} from byte ${digits(guest_range.offset)}
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
    const more = times - places.length;
    return html`<div class="places">
      ${
        inStructure
          ? html`<button
              class="button small"
              @click=${() => {
                goToStructure(inStructure.key, field ?? undefined);
              }}
            >
              ${inStructure.title}${field ? html`<code>${field}</code>` : nothing}
            </button>`
          : nothing
      }
      ${places.map(
        (place) =>
          html`<span class="split"
            ><button
              class="button small place-button"
              data-place=${place.offset}
              title="${place.file}, ${placeText(place.offset, place.length)}"
              @click=${() => {
                goToPlace(place);
              }}
            >
              ${this.report.files.length > 1 ? `${baseName(place.file)} ` : ''}<code
                >0x${place.offset.toString(16)}</code
              ></button
            ><button
              class="button small"
              aria-label="What lies at ${hex(place.offset)}"
              title="What lies here"
              @click=${() => {
                goToWhereabouts(place);
              }}
            >
              ${icon('translate')}
            </button></span
          >`,
      )}
      ${places.length > 0 && more > 0 ? html`<span class="note">and ${count(more, 'other place')}</span>` : nothing}
    </div>`;
  }

  #explanation(id: string): TemplateResult {
    const told = this.#explanations.get(id);
    return html`<details
      class="explanation"
      @toggle=${() => {
        void this.#explain(id);
      }}
    >
      <summary>Full explanation</summary>
      ${
        told === undefined
          ? html`<p class="waiting">…</p>`
          : told instanceof Error
            ? html`<p>${told.message}</p>`
            : html`<dl>
                <div>
                  <dt>What the bytes say</dt>
                  <dd>${told.what}</dd>
                </div>
                <div>
                  <dt>Why it matters</dt>
                  <dd>${told.why}</dd>
                </div>
                <div>
                  <dt>Where this comes from</dt>
                  <dd>${told.spec}</dd>
                </div>
                ${this.#otherSamples(id)}
              </dl>`
      }
    </details>`;
  }

  /** Samples in which the same can be seen, in a tab of their own: what is open here stays open. */
  #otherSamples(id: string): TemplateResult | typeof nothing {
    const samples = samplesOf(this.samples ?? [], id).filter(({ name }) => name !== this.sample);
    if (samples.length === 0) return nothing;
    return html`<div>
      <dt>A sample that shows it</dt>
      ${samples.slice(0, MOST_SAMPLES).map(
        ({ name, title, deep }) =>
          html`<dd>
            <a
              class="link"
              href=${sampleLink(name, { view: 'findings', finding: id })}
              target="_blank"
              rel="noopener"
              data-shows=${id}
              >${title}</a
            >
            <span class="note">${deep ? 'in a new tab; check the data there' : 'in a new tab'}</span>
          </dd>`,
      )}
    </div>`;
  }

  async #explain(id: string): Promise<void> {
    if (this.#explanations.has(id)) return;
    try {
      const told = await ask('explain', { finding: id });
      this.#explanations.set(id, told ?? new Error('There is no further explanation.'));
    } catch (error) {
      this.#explanations.set(id, error instanceof Error ? error : new Error(String(error)));
    }
    this.requestUpdate();
  }
}

customElements.define('dg-findings', Findings);
