import { type TemplateResult, html, nothing } from 'lit';
import { cancel, tryAgain } from '../actions.ts';
import type { State } from '../state.ts';
import { count, size } from '../ui/format.ts';
import { icon } from '../ui/icons.ts';
import { paceWords } from '../ui/pace.ts';

/** The line at the foot of the page: what is going on. */
export function status(state: State): TemplateResult {
  const { phase, progress, report, files } = state;
  const stored = files.reduce((sum, { file }) => sum + file.size, 0);
  return html`<footer class="status">
    <span class="status-promise" title="The page's Content-Security-Policy forbids every connection."
      >${icon('lock')}Nothing leaves this computer</span
    >
    <span class="status-words"
      ><span role="status">${words(state)}</span> <span aria-hidden="true">${numbers(state)}</span></span
    >
    ${
      phase === 'reading' && (progress || report)
        ? html`<button class="link" data-action="cancel" @click=${cancel}>Cancel</button>`
        : nothing
    }
    ${
      isCancelled(state)
        ? html`<button class="link" data-action="read-on" @click=${tryAgain}>Read the tables</button>`
        : nothing
    }
    <span class="status-set"
      >${files.length > 0 ? `${count(files.length, 'file')}, ${size(stored)}` : ''}</span
    >
  </footer>`;
}

/** What is going on, in words that change rarely: they are read out. */
function words(state: State): string {
  const { phase, job, progress, report } = state;
  switch (phase) {
    case 'reading':
      if (job === 'data') return 'Checking the data.';
      return progress ? 'Reading the tables.' : 'Reading the headers…';
    case 'idle':
      return '';
    case 'ready':
      return report?.image ? extent(state) : '';
    case 'failed':
      return 'The reader stopped.';
  }
}

/** The same in numbers that change all the time. */
function numbers({ phase, job, progress, since }: State): string {
  if (phase !== 'reading' || !progress) return '';
  return job === 'data'
    ? paceWords(progress, performance.now() - since)
    : `${size(progress.done)} of ${size(progress.total)}`;
}

/** How far everything was read. */
function extent({ job, report, progress }: State): string {
  switch (report?.coverage) {
    case 'data':
      return progress?.total === 0
        ? 'All headers and tables were read; there is nothing that the data could be checked against.'
        : 'All headers and tables were read, and the data was checked.';
    case 'tables':
      return job === 'data'
        ? 'Stopped: the data was not checked to the end.'
        : 'All headers and tables were read.';
    case 'headers':
    case undefined:
      return 'Stopped: the tables were not read to the end.';
  }
}

function isCancelled({ phase, report }: State): boolean {
  return phase === 'ready' && report?.coverage === 'headers';
}
