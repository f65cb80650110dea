import { type TemplateResult, html, nothing } from 'lit';
import { openSample } from '../actions.ts';
import type { SampleInfo } from '../generated/types.ts';
import { icon } from '../ui/icons.ts';
import { formatName } from './statement.ts';

/** Sample images to look into, healthy and damaged. They are written by the page itself when they are opened. */
export function samplesView(
  samples: readonly SampleInfo[] | undefined,
  current: string | undefined,
): TemplateResult {
  return html`<div class="page">
    <header class="block-head">
      <h1>Samples</h1>
      <p class="place">Small images that this page writes itself, each with something to see.</p>
    </header>
    ${gallery(samples, current)}
    ${samples && group('A finding each', samples.filter(({ main }) => !main), current)}
  </div>`;
}

/** The main samples as a list. */
export function gallery(samples: readonly SampleInfo[] | undefined, current?: string): TemplateResult {
  if (!samples) return html`<p class="calm waiting gallery-waiting">Loading the samples…</p>`;
  const main = samples.filter((sample) => sample.main);
  return html`${group(
    'Healthy',
    main.filter(({ healthy }) => healthy),
    current,
  )}
  ${group(
    'Damaged or incomplete',
    main.filter(({ healthy }) => !healthy),
    current,
  )}`;
}

function group(title: string, samples: readonly SampleInfo[], current: string | undefined): TemplateResult | typeof nothing {
  if (samples.length === 0) return nothing;
  return html`<section class="gallery-group">
    <h2>${title} <span class="note">${samples.length}</span></h2>
    <ul class="gallery">
      ${samples.map((sample) => line(sample, sample.name === current))}
    </ul>
  </section>`;
}

function line(
  { name, title, about, format, variant, healthy }: SampleInfo,
  isCurrent: boolean,
): TemplateResult {
  return html`<li>
    <button
      class="sample"
      data-sample=${name}
      aria-current=${isCurrent ? 'true' : nothing}
      @click=${() => {
        void openSample(name);
      }}
    >
      <span class="sample-sign sample-${healthy ? 'healthy' : 'damaged'}"
        >${icon(healthy ? 'sound' : 'warning')}</span
      >
      <span class="sample-title">${title}</span>
      <span class="sample-kind"
        >${[formatName(format), variant].filter((word) => word && word !== 'plain').join(' · ')}</span
      >
      <span class="sample-about">${about}</span>
    </button>
  </li>`;
}
