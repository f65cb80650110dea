/** What scripts and tests may rely on: `window.diskglass`, and attributes of the document. */

import { give, store } from './actions.ts';
import type { Report } from './generated/types.ts';
import type { State } from './state.ts';

interface Automation {
  /** The report, once nothing more is being read; null while nothing is open. */
  report(): Promise<Report | null>;
  /** What a drop calls. Resolves when nothing more is being read. */
  open(files: { file: File; path?: string }[]): Promise<void>;
}

declare global {
  interface Window {
    diskglass: Automation;
  }
}

export function offerAutomation(): void {
  window.diskglass = {
    async report() {
      await reading();
      return store.state.report ?? null;
    },
    async open(files) {
      give(files.map(({ file, path }) => ({ path: path ?? file.name, file, modifiedMs: file.lastModified })));
      await reading();
    },
  };
  store.subscribe(show);
  show(store.state);
}

/** Waits until nothing is being read. */
function reading(): Promise<void> {
  return new Promise((resolve) => {
    const isDone = (): boolean => store.state.phase !== 'reading';
    if (isDone()) {
      resolve();
      return;
    }
    const stop = store.subscribe(() => {
      if (!isDone()) return;
      stop();
      resolve();
    });
  });
}

function show({ phase, progress, report }: State): void {
  const { dataset } = document.documentElement;
  dataset['state'] = phase;
  if (report) dataset['coverage'] = report.coverage;
  else delete dataset['coverage'];
  if (phase === 'reading') dataset['progress'] = String(progressPercent(progress));
  else delete dataset['progress'];
}

/** How much of the tables has been read, in whole percent. */
export function progressPercent(progress: State['progress']): number {
  if (!progress || progress.total === 0) return 0;
  return Math.min(100, Math.floor((progress.done / progress.total) * 100));
}
