/** What a reader can do. Views call these; nothing else changes the state. */

import { type Address, type View, encode } from './address.ts';
import { allSamples, mainSamples, sampleFiles } from './gallery.ts';
import type { Entry, GuestRange, Place, Report, ReportedFinding, TableRow } from './generated/types.ts';
import type { GivenFile, Question, Questions } from './protocol.ts';
import {
  NOTHING,
  type Selection,
  link,
  ofBytes,
  ofFinding,
  ofGuest,
  ofPartition,
  ofRow,
  ofStructure,
} from './selection.ts';
import { OutOfDate, Session } from './session.ts';
import { type State, Store } from './state.ts';
import { text } from './text/index.ts';

export const store = new Store();

/** Something must stay selected for so long before the tables are asked what belongs to it. */
const LINK_AFTER_MS = 200;

const session = new Session({
  onReport(report, isLast) {
    store.set({ report, phase: isLast ? 'ready' : 'reading', at: stillThere(store.state.at, report) });
  },
  onProgress(progress) {
    store.set({ progress });
  },
  onRefused(notice) {
    store.set({ phase: 'failed', notice });
  },
  onIncomplete(notice) {
    store.set({ phase: store.state.report ? 'ready' : 'failed', notice });
  },
  onDeath(failure) {
    const { files, sample, phase, job } = store.state;
    if (files.length === 0) store.set({ notice: failure });
    else if (phase === 'reading' && job === 'data') {
      // Only the check is lost: the headers and tables are read again in no time.
      inspect(files, sample);
      store.set({
        notice: text().failures.checkStopped(failure),
      });
    } else store.set({ phase: 'failed', failure });
  },
});

/** Gives files: a new set, or more of the open one. A file of the same path replaces the earlier one. */
export function give(files: readonly GivenFile[]): void {
  if (files.length === 0) return;
  // Nobody wants their own files beside those of a sample.
  if (store.state.sample !== undefined) forget();
  const set = new Map(store.state.files.map((file) => [file.path, file]));
  for (const file of files) set.set(file.path, file);
  const { at } = store.state;
  // A tour begins anew with the reader's own image.
  store.set({ setAside: [], at: at.step === undefined ? at : { ...at, step: 1, guest: undefined } });
  inspect([...set.values()], undefined);
}

/** The same for files that take a moment to collect, as a dropped folder does. */
export async function giveLater(files: Promise<readonly GivenFile[]>): Promise<void> {
  const { phase } = store.state;
  store.set({ phase: 'reading', progress: undefined, notice: undefined });
  const collected = await files;
  if (collected.length > 0) give(collected);
  else store.set({ phase, notice: text().failures.noFileDropped });
}

/** Inspects another image of the open set. */
export function chooseImage(key: string): void {
  const { files, sample } = store.state;
  store.set({ chosenImage: key });
  inspect(files, sample);
}

/** Inspects the same files again, in a fresh worker if the last one died. */
export function tryAgain(): void {
  const { files, sample } = store.state;
  inspect(files, sample);
}

/** Opens a sample of the gallery in place of what is open. */
export async function openSample(name: string): Promise<void> {
  let files;
  try {
    files = await sampleFiles(name);
  } catch (error) {
    store.set({ notice: words(error) });
    return;
  }
  if (files.length === 0) {
    store.set({ notice: text().failures.noSample(name) });
    return;
  }
  const { sample, files: own } = store.state;
  if (sample === undefined && own.length > 0) store.set({ setAside: own });
  forget();
  inspect(
    files.map(({ name, bytes }) => ({ path: name, file: new Blob([bytes]) })),
    name,
  );
}

/** Whether a view gives way to what is opened: not a tour, which goes on with it. */
function isLeft({ view, step }: Address): boolean {
  return view === 'samples' || (view === 'learn' && step === undefined);
}

/** Walks the tour of a sample: opens it, and shows the first step. */
export async function openTour(sample: string): Promise<void> {
  await openSample(sample);
  go({ view: 'learn', part: 'tour', step: 1, guest: undefined });
}

/** Opens the reader's own files again, in place of the sample. */
export function openSetAside(): void {
  const { setAside, at } = store.state;
  if (setAside.length === 0) return;
  forget();
  inspect(setAside, undefined);
  store.set({ setAside: [], at: { ...at, step: undefined, guest: undefined } });
}

function inspect(files: readonly GivenFile[], sample: string | undefined): void {
  const { at, report, chosenImage } = store.state;
  store.set({
    // A new list even for the same files: whoever kept something of them knows that it is out of date.
    files: [...files],
    sample,
    phase: 'reading',
    job: 'tables',
    progress: undefined,
    failure: undefined,
    notice: undefined,
    at: report || !isLeft(at) ? at : { ...at, view: 'overview' },
  });
  keepSampleInUrl(sample);
  session.open([...files], chosenImage);
}

/** Whether the data can be checked now. */
export function canCheck({ phase, report }: State): boolean {
  return phase === 'ready' && report?.image != null && report.coverage === 'tables';
}

/** Checks the data too. */
export function checkData(): void {
  if (!canCheck(store.state)) return;
  store.set({ phase: 'reading', job: 'data', progress: undefined, since: performance.now() });
  session.verify();
}

/** Stops reading tables or data. */
export function cancel(): void {
  session.cancel();
}

/** Closes the set. */
export function close(): void {
  session.close();
  forget();
  store.set({ setAside: [] });
  keepSampleInUrl(undefined);
  store.go({ view: 'overview' });
}

function forget(): void {
  store.set({
    phase: 'idle',
    files: [],
    sample: undefined,
    chosenImage: undefined,
    report: undefined,
    progress: undefined,
    failure: undefined,
    notice: undefined,
  });
}

export function dismissNotice(): void {
  store.set({ notice: undefined });
}

/** Asks the worker; nothing where the answer came too late. */
export async function ask<Q extends Question>(
  question: Q,
  what: Questions[Q]['ask'],
): Promise<Questions[Q]['answer'] | undefined> {
  try {
    return await session.ask(question, what);
  } catch (error) {
    if (error instanceof OutOfDate) return undefined;
    throw error;
  }
}

/** Has the program that opens images loaded in time. */
export function prepare(): void {
  session.prepare();
}

/** Fetches the list of the main samples. */
export async function loadMainSamples(): Promise<void> {
  try {
    store.set({ mainSamples: await mainSamples() });
  } catch (error) {
    store.set({ mainSamples: { count: 0, main: [] }, notice: words(error) });
  }
}

let isLoadingSamples = false;

/** Fetches the list of all samples, once. */
export async function loadSamples(): Promise<void> {
  if (isLoadingSamples) return;
  isLoadingSamples = true;
  try {
    store.set({ samples: await allSamples() });
  } catch (error) {
    store.set({ samples: [], notice: words(error) });
  }
}

/** Changes what is looked at within the view, or with `view` goes elsewhere. */
export function go(change: Partial<Address>): void {
  store.go({ ...store.state.at, ...change });
}

/** Goes to a view. What was selected there before stays selected. */
export function goToView(view: View): void {
  go({ view });
}

/** Selects something, and in all views what belongs to it; with `view`, shows it there. */
export function select(what: Selection, view?: View): void {
  const { at, report } = store.state;
  if (!report) return;
  const selected: Address = { ...at, ...NOTHING, ...what, ...(view && { view }) };
  store.go(selected);
  linkLater(report, selected);
}

/** Selects nothing. */
export function selectNothing(): void {
  store.go({ ...store.state.at, ...NOTHING });
}

let linking: ReturnType<typeof setTimeout> | undefined;

/** What takes a look into the tables is added a moment later, where nothing else was selected by then. */
function linkLater(report: Report, selected: Address): void {
  clearTimeout(linking);
  if (selected.view === 'translate') return;
  linking = setTimeout(() => {
    void link(report, selected, ask).then((more) => {
      const { at } = store.state;
      if (more && encode({ ...at, view: selected.view }) === encode(selected))
        store.set({ at: { ...at, ...more } });
    });
  }, LINK_AFTER_MS);
}

/** Shows a structure, and one of its fields. */
export function goToStructure(key: string, field?: string): void {
  const { report } = store.state;
  if (report) select(ofStructure(report, key, field), 'structures');
}

/** Shows bytes of a file: among the structures where they belong to one. */
export function goToPlace(place: Place): void {
  const { report, at } = store.state;
  if (!report) return;
  const selection = ofBytes(report, place);
  const isKnown = selection.structure !== undefined && at.view !== 'hex';
  select(selection, isKnown ? 'structures' : 'hex');
}

/** Shows a finding. */
export function goToFinding(finding: ReportedFinding): void {
  const { report } = store.state;
  if (report) select(ofFinding(report, finding), 'findings');
}

/** Shows a partition. */
export function goToPartition(entry: Entry): void {
  const { report } = store.state;
  if (report) select(ofPartition(report, entry), 'partitions');
}

/** Selects a row of a table; what it says is asked for where it is not known. */
export function selectRow(table: string, row: number, known?: TableRow, view?: View): void {
  const { report, at } = store.state;
  if (!report) return;
  if (known) {
    select(ofRow(report, table, known), view);
    return;
  }
  store.go({ ...at, ...NOTHING, table, row, ...(view && { view }) });
  void ask('rows', { table, first: row, count: 1 })
    .then((page) => {
      const [found] = page?.rows ?? [];
      const { at, report } = store.state;
      // Something else may be selected by now.
      if (!found || !report || at.table !== table || at.row !== row) return;
      store.set({ at: { ...at, ...ofRow(report, table, found) } });
    })
    // The list says why it cannot be read.
    .catch(() => undefined);
}

/** Shows a row of a table. */
export function goToRow(table: string, row: number): void {
  store.set({ at: { ...store.state.at, filter: undefined } });
  selectRow(table, row, undefined, 'tables');
}

/** Shows where a stretch of the guest's disk lies. */
export function goToGuest(range: GuestRange): void {
  const { report } = store.state;
  if (report) select(ofGuest(report, range), 'translate');
}

/** Shows what lies at a byte of a file. */
export function goToWhereabouts({ file, offset }: { file: string; offset: number }): void {
  const { report } = store.state;
  if (report) select(ofBytes(report, { file, offset, length: 1 }), 'translate');
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Leaves out what a new report does not have any more. */
function stillThere(at: Address, report: Report): Address {
  const kept = { ...at };
  if (at.structure !== undefined && !report.structures.some(({ key }) => key === at.structure)) {
    kept.structure = undefined;
    kept.field = undefined;
  }
  if (at.file !== undefined && !report.files.some(({ name }) => name === at.file)) {
    kept.file = undefined;
    kept.offset = undefined;
    kept.length = undefined;
  }
  if (at.table !== undefined && !report.tables.some(({ key }) => key === at.table)) {
    kept.table = undefined;
    kept.row = undefined;
    kept.filter = undefined;
  }
  return kept;
}

/** A sample can be linked to with `?sample=NAME`. Pages that were opened from a folder may not change their address. */
function keepSampleInUrl(sample: string | undefined): void {
  const url = new URL(location.href);
  if ((url.searchParams.get('sample') ?? undefined) === sample) return;
  if (sample === undefined) url.searchParams.delete('sample');
  else url.searchParams.set('sample', sample);
  try {
    history.replaceState(null, '', url);
  } catch {
    // The address stays as it is.
  }
}
