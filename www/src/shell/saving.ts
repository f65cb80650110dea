import { type TemplateResult, html, nothing } from 'lit';
import { progressPercent } from '../automation.ts';
import { type Saving, dismissSaving, isSaving, saveZeroFilled, stopSaving } from '../save.ts';
import type { State } from '../state.ts';
import { text } from '../text/index.ts';
import { copyText } from '../ui/clipboard.ts';
import { digits, size } from '../ui/format.ts';
import { icon } from '../ui/icons.ts';
import { paceWords } from '../ui/pace.ts';

/** Stretches that are listed; all that are known can be saved. */
const LISTED = 100;

/** What is being saved, how far it is, and what came of it. */
export function savingPanel({ saving }: State): TemplateResult | typeof nothing {
  // Until the browser has asked where to, there is nothing to say.
  if (!saving || (saving.phase === 'running' && !saving.kind)) return nothing;
  const words = text().saving;
  return html`<section class="saving" aria-label=${words.label} data-saving=${saving.phase}>
    ${isSaving(saving) ? running(saving) : outcome(saving)}
    ${
      saving.phase === 'running'
        ? html`<button class="button small" data-action="stop-saving" @click=${stopSaving}>
            ${words.stop}
          </button>`
        : nothing
    }
    ${
      isSaving(saving)
        ? nothing
        : html`<button
            class="icon-button"
            data-action="dismiss-saving"
            aria-label=${words.dismiss}
            title=${words.dismiss}
            @click=${dismissSaving}
          >
            ${icon('close')}
          </button>`
    }
  </section>`;
}

function running({ name, phase, wanted, progress, since }: Saving): TemplateResult {
  const words = text().saving;
  if (phase === 'finishing') return html`<p role="status">${words.finishing(name)}</p>`;
  const percent = progressPercent(progress);
  const pace =
    progress &&
    (wanted.what === 'table'
      ? words.rows(digits(progress.done), digits(progress.total))
      : paceWords(progress, performance.now() - since));
  return html`<div class="deep-progress">
    <p>
      <b>${words.running(name, percent)}</b>
      <span class="note">${pace}</span>
    </p>
    <div class="bar" aria-hidden="true"><i .style=${`width:${String(percent)}%`}></i></div>
  </div>`;
}

function outcome(saving: Saving): TemplateResult {
  const { name, phase, kind, bytes, failure, command } = saving;
  const words = text().saving;
  if (phase === 'stopped') return html`<p role="status">${words.stopped(name)}</p>`;
  if (phase === 'failed') {
    return html`<div role="alert">
      <p>${icon('error')} <b>${words.failed(name)}</b> ${failure}</p>
      ${command === undefined ? nothing : commandLine(command)}
    </div>`;
  }
  return html`<div>
    <p role="status">${words.done(name, size(bytes))} ${kind === 'kept' ? words.kept : nothing}</p>
    ${zeroFilled(saving)}
  </div>`;
}

function commandLine(command: string): TemplateResult {
  return html`<p class="saving-command">
    <code>${command}</code>
    <button
      class="button small"
      @click=${() => {
        void copyText(command);
      }}
    >
      ${text().saving.copyCommand}
    </button>
  </p>`;
}

/** What could not be read. */
function zeroFilled(saving: Saving): TemplateResult | typeof nothing {
  const lost = saving.zeroFilled;
  if (!lost || saving.wanted.what !== 'disk') return nothing;
  const words = text().saving;
  if (lost.count === 0) return html`<p class="note">${words.whole}</p>`;
  const listed = lost.stretches.slice(0, LISTED);
  const more = lost.count - listed.length;
  return html`<p>${icon('warning')} ${words.lost(lost.count, size(lost.bytes))}</p>
    <ol class="zero-filled" tabindex="0">
      ${listed.map(
        ({ offset, length, reason }) =>
          html`<li>
            ${words.lostStretch(digits(offset), size(length))} <span class="note" lang="en">${reason}</span>
          </li>`,
      )}
      ${more > 0 ? html`<li class="note">${words.more(digits(more))}</li>` : nothing}
    </ol>
    <button
      class="button small"
      data-action="save-zero-filled"
      @click=${() => {
        saveZeroFilled(saving);
      }}
    >
      ${words.saveLost}
    </button>`;
}
