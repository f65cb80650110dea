import { type TemplateResult, html, nothing } from 'lit';
import { cancel, tryAgain } from '../actions.ts';
import type { State } from '../state.ts';
import { text } from '../text/index.ts';
import { size } from '../ui/format.ts';
import { icon } from '../ui/icons.ts';
import { paceWords } from '../ui/pace.ts';

/** The line at the foot of the page: what is going on. */
export function status(state: State): TemplateResult {
  const { phase, progress, report, files } = state;
  const words = text().status;
  const stored = files.reduce((sum, { file }) => sum + file.size, 0);
  return html`<footer class="status">
    <span class="status-promise" title=${words.promiseWhy}>${icon('lock')}${words.promise}</span>
    <span class="status-words"
      ><span role="status">${happening(state)}</span> <span aria-hidden="true">${numbers(state)}</span></span
    >
    ${
      phase === 'reading' && (progress || report)
        ? html`<button class="link" data-action="cancel" @click=${cancel}>${words.cancel}</button>`
        : nothing
    }
    ${
      isCancelled(state)
        ? html`<button class="link" data-action="read-on" @click=${tryAgain}>${words.readOn}</button>`
        : nothing
    }
    <span class="status-set">${files.length > 0 ? words.files(files.length, size(stored)) : ''}</span>
  </footer>`;
}

/** What is going on, in words that change rarely: they are read out. */
function happening(state: State): string {
  const { phase, job, progress, report } = state;
  const words = text().status;
  switch (phase) {
    case 'reading':
      if (job === 'data') return words.checking;
      return progress ? words.readingTables : words.readingHeaders;
    case 'idle':
      return '';
    case 'ready':
      return report?.image ? extent(state) : '';
    case 'failed':
      return words.failed;
  }
}

/** The same in numbers that change all the time. */
function numbers({ phase, job, progress, since }: State): string {
  if (phase !== 'reading' || !progress) return '';
  return job === 'data'
    ? paceWords(progress, performance.now() - since)
    : text().status.share(size(progress.done), size(progress.total));
}

/** How far everything was read. */
function extent({ job, report, progress }: State): string {
  const words = text().status;
  switch (report?.coverage) {
    case 'data':
      return progress?.total === 0 ? words.nothingToCheck : words.checked;
    case 'tables':
      return job === 'data' ? words.stoppedCheck : words.readTables;
    case 'headers':
    case undefined:
      return words.stoppedTables;
  }
}

function isCancelled({ phase, report }: State): boolean {
  return phase === 'ready' && report?.coverage === 'headers';
}
