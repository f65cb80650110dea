/** Giving the report away: the reader writes it in each form, as the command does, with placeholders where that is wanted. */

import { ask, store } from './actions.ts';
import type { ReportForm } from './protocol.ts';
import type { State } from './state.ts';
import { text } from './text/index.ts';
import { copyText } from './ui/clipboard.ts';
import { download } from './ui/download.ts';
import { baseName } from './ui/format.ts';

/** The forms, with the ending of the file and its type. */
export const FORMS: Record<ReportForm, { ending: string; type: string; name: string }> = {
  markdown: { ending: 'md', type: 'text/markdown', name: 'Markdown' },
  html: { ending: 'html', type: 'text/html', name: 'HTML' },
  json: { ending: 'json', type: 'application/json', name: 'JSON' },
};

export function canExport({ report }: State): boolean {
  return report !== undefined;
}

/** Whether placeholders stand for names, paths and identities in whatever leaves the page. */
export function setRedacts(redacts: boolean): void {
  store.set({ redacts });
}

/** The report as it leaves the page; nothing where other files were opened in the meantime. */
export function exported(form: ReportForm): Promise<string | undefined> {
  return ask('export', { form, redact: store.state.redacts });
}

/** The name of the file: with placeholders it does not tell the name of the image either. */
export function exportName(form: ReportForm): string {
  const { report, files, redacts } = store.state;
  const { ending } = FORMS[form];
  const name = baseName(report?.image?.key ?? files[0]?.path ?? 'report');
  return redacts ? `diskglass-report.${ending}` : `${name}.diskglass.${ending}`;
}

/**
 * Does something with the report in a form, at once where it is `written` already: browsers let a page download or copy
 * only so long after a click. What cannot be done is said in the page.
 */
async function withReport(
  form: ReportForm,
  written: string | undefined,
  act: (report: string) => Promise<boolean> | boolean,
): Promise<void> {
  let isDone;
  try {
    const report = written ?? (await exported(form));
    isDone = report === undefined || (await act(report));
  } catch {
    isDone = false;
  }
  if (!isDone) store.set({ notice: text().exporting.failed });
}

export function downloadReport(form: ReportForm, written?: string): void {
  void withReport(form, written, (report) => {
    download(exportName(form), report, FORMS[form].type);
    return true;
  });
}

/** Puts it on the clipboard; calls `done` when it is there. */
export function copyReport(form: ReportForm, written?: string, done?: () => void): void {
  void withReport(form, written, async (report) => {
    const isCopied = await copyText(report);
    if (isCopied) done?.();
    return isCopied;
  });
}

/** Prints the HTML form. */
export function printReport(): void {
  void withReport('html', undefined, print);
}

/**
 * Prints a document in a frame in which nothing can run. The policy of the page holds in the frame too and forbids a
 * style element, so its rules come as a style sheet that the script made.
 */
async function print(report: string): Promise<boolean> {
  const [before = '', style = '', after = ''] = report.split(/<\/?style>/);
  const frame = document.createElement('iframe');
  frame.className = 'print-frame';
  frame.title = text().exporting.print;
  frame.setAttribute('sandbox', 'allow-same-origin allow-modals');
  const url = URL.createObjectURL(new Blob([before, after], { type: 'text/html' }));
  document.querySelector('.print-frame')?.remove();
  await new Promise((resolve) => {
    frame.addEventListener('load', resolve);
    frame.src = url;
    document.body.append(frame);
  });
  URL.revokeObjectURL(url);
  const view = frame.contentWindow as (Window & typeof globalThis) | null;
  const shown = frame.contentDocument;
  if (!view || !shown) return false;
  const sheet = new view.CSSStyleSheet();
  sheet.replaceSync(style);
  shown.adoptedStyleSheets = [sheet];
  view.addEventListener('afterprint', () => {
    frame.remove();
  });
  view.focus();
  view.print();
  return true;
}
