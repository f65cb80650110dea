import { type TemplateResult, html, nothing } from 'lit';
import { canCheck, cancel, checkData } from '../actions.ts';
import { progressPercent } from '../automation.ts';
import type { SampleInfo } from '../generated/types.ts';
import type { State } from '../state.ts';
import { size } from '../ui/format.ts';
import { icon } from '../ui/icons.ts';
import { paceWords } from '../ui/pace.ts';

/** Offers the check of the data, shows how far it has gone, and stops it. */
export function deepCheck(state: State): TemplateResult | typeof nothing {
  if (state.phase === 'reading' && state.job === 'data') return running(state);
  return canCheck(state) ? offer(state) : nothing;
}

function offer(state: State): TemplateResult {
  const { report, job } = state;
  const stored = (report?.files ?? [])
    .filter(({ role }) => role !== 'unrelated')
    .reduce((sum, file) => sum + (file.size ?? 0), 0);
  return html`<section class="deep-check" aria-label="Check of the data">
    <span class="deep-sign">${icon('deep')}</span>
    <p>
      <b
        >${job === 'data' ? 'The data was not checked to the end.' : 'The data itself has not been read yet.'}</b
      >
      The check reads it, up to ${size(stored)}, and compares it with everything that the image says of it. It
      runs on this computer, and nothing leaves it.
      ${sampleOf(state)?.deep ? html`<b>What this sample shows is found by it only.</b>` : nothing}
    </p>
    <button class="button" data-action="deep-check" @click=${checkData}>Check the data</button>
  </section>`;
}

function running({ progress, since }: State): TemplateResult {
  const percent = progressPercent(progress);
  return html`<section class="deep-check" aria-label="Check of the data">
    <span class="deep-sign">${icon('deep')}</span>
    <div class="deep-progress">
      <p>
        <b>Checking the data: ${percent} %</b>
        <span class="note">${progress ? paceWords(progress, performance.now() - since) : ''}</span>
      </p>
      <div class="bar" aria-hidden="true"><i .style=${`width:${String(percent)}%`}></i></div>
    </div>
    <button class="button" data-action="cancel" @click=${cancel}>Stop</button>
  </section>`;
}

function sampleOf({ samples, sample }: State): SampleInfo | undefined {
  return samples?.find(({ name }) => name === sample);
}
