/** Saving: the reader hands out a piece after the other, and none is asked for before there is room for it. */

import { ask, store } from './actions.ts';
import type { Entry, Progress, Report, ZeroFilled } from './generated/types.ts';
import type { Wanted } from './protocol.ts';
import { MEMORY_LIMIT, type Sink, TooLarge, isFull, openSink, removeKept } from './save-sinks.ts';
import type { State } from './state.ts';
import { text } from './text/index.ts';
import { download } from './ui/download.ts';
import { baseName, size } from './ui/format.ts';

/** How often the page is told how far it is. */
const TOLD_EVERY_MS = 100;

/** Something that is being saved, or was. */
export interface Saving {
  /** Name of the file. */
  name: string;
  wanted: Wanted;
  /** `finishing`: all is written, and the browser puts the file in its place. */
  phase: 'running' | 'finishing' | 'done' | 'stopped' | 'failed';
  kind: Sink['kind'] | undefined;
  progress: Progress | undefined;
  /** When it was begun, on the clock of `performance.now()`. */
  since: number;
  /** Bytes of the file so far. */
  bytes: number;
  failure: string | undefined;
  /** The command that does the same, where the page cannot. */
  command: string | undefined;
  zeroFilled: ZeroFilled | undefined;
}

/** Whether something can be saved now: one thing at a time. */
export function canSave({ saving, report }: State): boolean {
  return report !== undefined && !isSaving(saving);
}

export function isSaving(saving: Saving | undefined): boolean {
  return saving?.phase === 'running' || saving?.phase === 'finishing';
}

/** Whether there is a disk whose bytes could be saved. */
export function canSaveDisk(state: State): boolean {
  return canSave(state) && state.report?.partitions !== null && state.report?.image != null;
}

export function saveDisk(): void {
  save({ what: 'disk', offset: 0 }, '.raw');
}

export function savePartition({ index, first_sector, sector_count }: Entry, sectorBytes: number): void {
  const offset = first_sector * sectorBytes;
  save({ what: 'disk', offset, length: sector_count * sectorBytes }, `-p${String(index)}.raw`);
}

/** Saves bytes of a file, or of the disk where none is named. */
export function saveBytes(file: string | undefined, offset: number, length: number): void {
  const range = `-${offset.toString(16)}h-${length.toString(16)}h.bin`;
  if (file === undefined) save({ what: 'disk', offset, length }, range);
  else save({ what: 'file', name: file, offset, length }, range, baseName(file));
}

/** Saves the rows of a table: those that are listed. */
export function saveTable(key: string, filter: string | undefined, form: 'csv' | 'ndjson'): void {
  const states = filter?.split(',').filter(Boolean) ?? [];
  save({ what: 'table', key, states, form }, `.${[key, ...states].join('.')}.${form}`);
}

let isStopped = false;

/** Stops it; what was written is taken back. */
export function stopSaving(): void {
  isStopped = true;
}

/** Forgets what was saved last. */
export function dismissSaving(): void {
  store.set({ saving: undefined });
  void removeKept();
}

/** Saves the list of what could not be read. */
export function saveZeroFilled({ name, zeroFilled }: Saving): void {
  download(`${name}.zero-filled.json`, JSON.stringify(zeroFilled, null, 2), 'application/json');
}

function save(wanted: Wanted, ending: string, of?: string): void {
  const { report } = store.state;
  if (!report) return;
  if (!canSave(store.state)) {
    store.set({ notice: text().saving.oneAtATime });
    return;
  }
  const base = of ?? baseName(report.image?.key ?? report.files[0]?.name ?? 'image').replace(/\.\w+$/, '');
  const name = tidyName(base + ending);
  void run(wanted, name, bytesOf(wanted, report)).catch((error: unknown) => {
    const isTooMuch = error instanceof TooLarge || isFull(error);
    tell({
      phase: isStopped ? 'stopped' : 'failed',
      failure: failureWords(error),
      command: isTooMuch ? commandFor(wanted, report, name) : undefined,
    });
  });
}

async function run(wanted: Wanted, name: string, bytes: number | undefined): Promise<void> {
  isStopped = false;
  const begun: Saving = {
    name,
    wanted,
    phase: 'running',
    kind: undefined,
    progress: undefined,
    since: performance.now(),
    bytes: 0,
    failure: undefined,
    command: undefined,
    zeroFilled: undefined,
  };
  const before = store.state.saving;
  store.set({ saving: begun });
  const sink = await openSink(name, bytes);
  if (!sink) {
    store.set({ saving: before });
    return;
  }
  tell({ kind: sink.kind, since: performance.now() });
  addEventListener('beforeunload', askBeforeLeaving);
  try {
    await known(ask('saveBegin', wanted));
    const length = await pump(sink);
    tell({ phase: 'finishing', bytes: length });
    const zeroFilled = await known(ask('saveEnd', {}));
    await sink.finish(length);
    tell({ phase: 'done', zeroFilled });
  } catch (error) {
    await sink.abandon().catch(() => undefined);
    throw error;
  } finally {
    removeEventListener('beforeunload', askBeforeLeaving);
  }
}

/** Moves everything; how long it is. While a piece is being written the next one is read, and no more. */
async function pump(sink: Sink): Promise<number> {
  let at = 0;
  let told = 0;
  let next = known(ask('saveNext', {}));
  for (;;) {
    const { chunk, progress } = await next;
    if (isStopped) throw new Error();
    if (chunk === undefined) return at;
    next = known(ask('saveNext', {}));
    // Where writing fails, nobody asks what came of it.
    next.catch(() => undefined);
    if (typeof chunk === 'number') at += chunk;
    else {
      if (chunk.length > 0) await sink.write(at, chunk);
      at += chunk.length;
    }
    if (performance.now() - told < TOLD_EVERY_MS) continue;
    told = performance.now();
    tell({ progress, bytes: at });
  }
}

/** An answer, which there is none of where the files were opened anew. */
async function known<T>(answer: Promise<T | undefined>): Promise<T> {
  const found = await answer;
  if (found === undefined) throw new Error(text().saving.openedAnew);
  return found;
}

function tell(change: Partial<Saving>): void {
  const { saving } = store.state;
  if (saving) store.set({ saving: { ...saving, ...change } });
}

function askBeforeLeaving(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

function failureWords(error: unknown): string {
  if (isFull(error)) return text().saving.noRoom;
  if (error instanceof TooLarge) return text().saving.tooLarge(size(MEMORY_LIMIT));
  return error instanceof Error ? error.message : String(error);
}

function bytesOf(wanted: Wanted, { image }: Report): number | undefined {
  if (wanted.what === 'table') return undefined;
  return wanted.length ?? (image?.virtual_size_bytes ?? 0) - wanted.offset;
}

/** A name that every file system takes. */
function tidyName(name: string): string {
  // eslint-disable-next-line no-control-regex -- those too
  return name.replace(/[\\/:*?"<>|\u0000-\u001f\u007f]/g, '_').replace(/^[.\s]+|[.\s]+$/g, '');
}

/** The same by the command. */
export function commandFor(wanted: Wanted, report: Report, name: string): string {
  const own = report.files.filter(({ role }) => role !== 'unrelated').map(({ name }) => quoted(name));
  const words = ['diskglass', 'save', ...own];
  if (report.images.length > 1 && report.image) words.push('--image', quoted(report.image.key));
  switch (wanted.what) {
    case 'disk':
      if (wanted.length === undefined) words.push('--raw');
      else words.push('--range', `${String(wanted.offset)}:${String(wanted.length)}`);
      break;
    case 'file':
      words.push('--at', quoted(`${wanted.name}:${String(wanted.offset)}:${String(wanted.length)}`));
      break;
    case 'table':
      words.push('--table', wanted.key, '--format', wanted.form);
      for (const state of wanted.states) words.push('--state', state);
  }
  return [...words, '-o', quoted(name)].join(' ');
}

/** As one word to a shell, whatever is in it. */
function quoted(name: string): string {
  const safe = name.startsWith('-') ? `./${name}` : name;
  return /^[\w./:-]+$/.test(safe) ? safe : `'${safe.replace(/'/g, `'\\''`)}'`;
}
