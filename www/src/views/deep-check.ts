import { type TemplateResult, html, nothing } from 'lit';
import { canCheck, cancel, checkData } from '../actions.ts';
import { progressPercent } from '../automation.ts';
import type { SampleInfo } from '../generated/types.ts';
import type { State } from '../state.ts';
import { text } from '../text/index.ts';
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
  const words = text().overview.deep;
  const stored = (report?.files ?? [])
    .filter(({ role }) => role !== 'unrelated')
    .reduce((sum, file) => sum + (file.size ?? 0), 0);
  return html`<section class="deep-check" aria-label=${text().overview.deep.label}>
    <span class="deep-sign">${icon('deep')}</span>
    <p>
      <b>${job === 'data' ? words.stopped : words.unread}</b>
      ${words.offer(size(stored))} ${sampleOf(state)?.deep ? html`<b>${words.onlyWay}</b>` : nothing}
    </p>
    <button class="button" data-action="deep-check" @click=${checkData}>${text().common.checkData}</button>
  </section>`;
}

function running({ progress, since }: State): TemplateResult {
  const percent = progressPercent(progress);
  return html`<section class="deep-check" aria-label=${text().overview.deep.label}>
    <span class="deep-sign">${icon('deep')}</span>
    <div class="deep-progress">
      <p>
        <b>${text().overview.deep.running(percent)}</b>
        <span class="note">${progress ? paceWords(progress, performance.now() - since) : ''}</span>
      </p>
      <div class="bar" aria-hidden="true"><i .style=${`width:${String(percent)}%`}></i></div>
    </div>
    <button class="button" data-action="cancel" @click=${cancel}>${text().common.stop}</button>
  </section>`;
}

function sampleOf({ samples, sample }: State): SampleInfo | undefined {
  return samples?.find(({ name }) => name === sample);
}
