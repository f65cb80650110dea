import { type TemplateResult, html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { go, openSample } from '../actions.ts';
import type { SampleInfo } from '../generated/types.ts';
import { text } from '../text/index.ts';
import { icon } from '../ui/icons.ts';
import { findSamples, groupSamples, sampleLink } from './sample-list.ts';
import { formatName, variantName } from './statement.ts';

/** Sample images to look into, healthy and damaged. They are written by the page itself when they are opened. */
export function samplesView(
  samples: readonly SampleInfo[] | undefined,
  current: string | undefined,
  find: string,
): TemplateResult {
  if (!samples)
    return html`<div class="page"><p class="calm waiting">${text().common.loadingSamples}</p></div>`;
  const words = text().samples;
  const found = findSamples(samples, find);
  const isAll = found.length === samples.length;
  return html`<div class="page samples">
    <header class="block-head">
      <h1>${words.title}</h1>
      <p class="place">${words.about}</p>
    </header>
    <form
      class="sample-search"
      role="search"
      @submit=${(event: Event) => {
        event.preventDefault();
        const [only] = found;
        if (only && found.length === 1) void openSample(only.name);
      }}
    >
      ${icon('search')}
      <input
        type="search"
        data-shortcut
        aria-label=${words.search}
        placeholder=${words.searchFor}
        autocomplete="off"
        spellcheck="false"
        .value=${find}
        @input=${(event: Event) => {
          if (event.target instanceof HTMLInputElement) go({ find: event.target.value || undefined });
        }}
        @keydown=${intoTheList}
      />
      <span class="note" role="status"
        >${isAll ? words.count(samples.length) : words.shown(found.length, samples.length)}</span
      >
    </form>
    ${found.length === 0 ? html`<p class="calm">${words.noneLike}</p>` : nothing}
    ${groupSamples(found).map(
      ({ format, main, others }) =>
        html`<section class="gallery-format" aria-labelledby="samples-${format}">
          <h2 id="samples-${format}">
            ${formatName(format)} <span class="note">${main.length + others.length}</span>
          </h2>
          ${list(main, current)}
          ${
            others.length > 0
              ? html`<h3>${words.oneFinding} <span class="note">${others.length}</span></h3>
                  <ul class="gallery compact" @keydown=${onListKey}>
                    ${repeat(
                      others,
                      ({ name }) => name,
                      (sample) => compactLine(sample, sample.name === current),
                    )}
                  </ul>`
              : nothing
          }
        </section>`,
    )}
  </div>`;
}

/** The main samples, for those who have no image at hand. */
export function gallery(samples: readonly SampleInfo[] | undefined): TemplateResult | typeof nothing {
  if (!samples) return html`<p class="calm waiting gallery-waiting">${text().common.loadingSamples}</p>`;
  return list(
    samples.toSorted((a, b) => Number(b.healthy) - Number(a.healthy)),
    undefined,
  );
}

function list(samples: readonly SampleInfo[], current: string | undefined): TemplateResult | typeof nothing {
  if (samples.length === 0) return nothing;
  return html`<ul class="gallery" @keydown=${onListKey}>
    ${repeat(
      samples,
      ({ name }) => name,
      (sample) => line(sample, sample.name === current),
    )}
  </ul>`;
}

function line(sample: SampleInfo, isCurrent: boolean): TemplateResult {
  const { format, variant, title, about } = sample;
  return anchor(
    sample,
    isCurrent,
    html`<span class="sample-title" lang="en">${title}</span>
      <span class="sample-kind"
        >${[formatName(format), variant === 'plain' ? '' : variantName(variant)].filter(Boolean).join(' · ')}</span
      >
      <span class="sample-about" lang="en">${about}</span>`,
  );
}

function compactLine(sample: SampleInfo, isCurrent: boolean): TemplateResult {
  const { title, about, shows, deep } = sample;
  return anchor(
    sample,
    isCurrent,
    html`<span class="sample-title" lang="en" title=${about}>${title}</span>
      <span class="sample-shows"
        >${deep ? html`<span class="badge" title=${text().samples.deepWhy}>${text().samples.deep}</span>` : nothing}${shows.map(
          (id) => html`<code>${id}</code> `,
        )}</span
      >`,
  );
}

function anchor(sample: SampleInfo, isCurrent: boolean, content: TemplateResult): TemplateResult {
  const { name, healthy } = sample;
  return html`<li>
    <a
      class="sample"
      href=${sampleLink(name)}
      data-sample=${name}
      aria-current=${isCurrent ? 'true' : nothing}
      @click=${(event: MouseEvent) => {
        // With a key held down, a link opens elsewhere.
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        void openSample(name);
      }}
    >
      <span class="sample-sign sample-${healthy ? 'healthy' : 'damaged'}"
        >${icon(healthy ? 'sound' : 'warning')}<span class="unseen"
          >${healthy ? text().samples.healthy : text().samples.damaged}</span
        ></span
      >
      ${content}
    </a>
  </li>`;
}

/** All sample links of the view, in their order. */
function links(within: Element | null): HTMLElement[] {
  return [...(within?.closest('.page')?.querySelectorAll<HTMLElement>('[data-sample]') ?? [])];
}

/** The arrows walk from sample to sample. */
function onListKey(event: KeyboardEvent): void {
  const { target } = event;
  if (!(target instanceof HTMLElement) || event.altKey || event.ctrlKey || event.metaKey) return;
  const all = links(target);
  const at = all.indexOf(target);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (at < 0 || to === undefined) return;
  event.preventDefault();
  all[to]?.focus();
}

function intoTheList(event: KeyboardEvent): void {
  if (event.key !== 'ArrowDown' || !(event.target instanceof Element)) return;
  event.preventDefault();
  links(event.target)[0]?.focus();
}
