/**
 * A worker that owns the files and a WebAssembly instance. It reads synchronously and in slices, so that questions and
 * a cancellation get through while it reads tables or data. There is one reader, which answers the page, and while data
 * is checked there may be helpers, each of which does a share of that and nothing else.
 */

import { Engine, type InitOutput, type Saving, initSync, tourOf } from './generated/diskglass.js';
import type { Progress, Report, ZeroFilled } from './generated/types.ts';
import type {
  Asked,
  FromWorker,
  Questions,
  Question,
  ShareOfWork,
  ToWorker,
  Wanted,
  WorkerFile,
} from './protocol.ts';

declare const self: DedicatedWorkerGlobalScope & { loadRest(): never };

const SLICE_MS = 50;
/** A helper has no questions to answer. */
const HELPER_SLICE_MS = 100;
const STEP_BYTES = 1 << 20;

/** Tables or data that are being read. */
interface Job {
  generation: number;
  sliceMs: number;
  advance(budgetBytes: number): Progress;
  /** Says what came out, at the end or where it is stopped. */
  end(isWhole: boolean): void;
}

/** What the rest of the engine needs of its first part. */
let first: InitOutput | undefined;
let engine: Engine | undefined;
/** The generation that the engine holds. */
let inspected: number | undefined;
let job: Job | undefined;
/** What is being saved: handed out piece by piece, as it is asked for. */
let saving: Saving | undefined;
let lastWords = '';

// The hook for Rust's panics writes to the console before the instance dies: the only place where it says why.
const writeError = console.error;
console.error = (...words: unknown[]) => {
  lastWords = words.map(String).join(' ');
  writeError(...words);
};

function tell(message: FromWorker, transfer: Transferable[] = []): void {
  self.postMessage(message, transfer);
}

/** Rust's own errors are plain `Error`s; anything else that leaves WebAssembly means that the instance is broken. */
function isFatal(error: unknown): boolean {
  return (
    error instanceof WebAssembly.RuntimeError || error instanceof RangeError || error instanceof Incomplete
  );
}

/** The engine called a function that it has not got yet. */
class Incomplete extends Error {}

// The engine calls this in the place of such a function. What it was at is lost with it.
self.loadRest = () => {
  throw new Incomplete();
};

function die(error: unknown): void {
  job = undefined;
  if (error instanceof Incomplete) {
    tell({ kind: 'incomplete' });
    self.close();
    return;
  }
  const message = lastWords || (error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  tell({ kind: 'died', message });
  self.close();
}

/** Adds the files and looks at their headers. */
function look(generation: number, files: WorkerFile[], image: string | undefined): Report {
  job = undefined;
  dropSaving();
  engine?.free();
  engine = new Engine();
  inspected = generation;
  for (const { path, file, modifiedMs } of files) {
    if (file instanceof Blob) engine.add(path, file, modifiedMs);
    else engine.addBytes(path, file, modifiedMs);
  }
  return engine.open(image);
}

function open(generation: number, files: WorkerFile[], image: string | undefined): void {
  const report = look(generation, files, image);
  const isLast = report.coverage !== 'headers';
  tell({ kind: 'report', generation, report, isLast });
  if (!isLast) begin(ownJob(generation, opened()));
}

function verify(generation: number): void {
  if (!engine || inspected !== generation || job) return;
  tell({ kind: 'progress', generation, progress: engine.verify() });
  begin(ownJob(generation, engine));
}

/** What the reader does itself. */
function ownJob(generation: number, engine: Engine): Job {
  return {
    generation,
    sliceMs: SLICE_MS,
    advance: (budgetBytes) => engine.advance(budgetBytes),
    end() {
      engine.cancel();
      tell({ kind: 'report', generation, report: engine.report(), isLast: true });
    },
  };
}

/** Does a share of the check, as a helper. The tables were read by the reader. */
function share(generation: number, { files, image, bytes, index, of }: ShareOfWork): void {
  look(generation, files, image);
  const share = opened().dataToCheck() === bytes ? opened().share(index, of) : undefined;
  if (!share) {
    tell({ kind: 'astray', generation });
    return;
  }
  begin({
    generation,
    sliceMs: HELPER_SLICE_MS,
    advance: (budgetBytes) => share.advance(budgetBytes),
    end(isWhole) {
      tell({ kind: 'outcome', generation, outcome: share.outcome(), isWhole });
    },
  });
}

function takeVerified(generation: number, outcomes: string[], isWhole: boolean): void {
  if (!engine || inspected !== generation) return;
  engine.takeVerified(outcomes, isWhole);
  tell({ kind: 'report', generation, report: engine.report(), isLast: true });
}

function begin(next: Job): void {
  job = next;
  setTimeout(readOn, 0, next);
}

function readOn(current: Job): void {
  if (job !== current) return;
  try {
    const until = performance.now() + current.sliceMs;
    let progress = current.advance(STEP_BYTES);
    while (!progress.finished && performance.now() < until) progress = current.advance(STEP_BYTES);
    tell({ kind: 'progress', generation: current.generation, progress });
    if (progress.finished) {
      job = undefined;
      current.end(true);
    } else {
      setTimeout(readOn, 0, current);
    }
  } catch (error) {
    die(error);
  }
}

/** Stops what is being read. Where nothing is, the report says so. */
function cancel(generation: number): void {
  if (!engine || inspected !== generation) return;
  const stopped = job ?? ownJob(generation, engine);
  job = undefined;
  stopped.end(false);
}

function opened(): Engine {
  if (!engine) throw new Error('no image is open');
  return engine;
}

function dropSaving(): void {
  saving?.free();
  saving = undefined;
}

function saveBegin(wanted: Wanted): Progress {
  dropSaving();
  const engine = opened();
  switch (wanted.what) {
    case 'disk':
      saving = engine.saveDisk(wanted.offset, wanted.length);
      break;
    case 'file':
      saving = engine.saveFile(wanted.name, wanted.offset, wanted.length);
      break;
    case 'table':
      saving = engine.saveTable(wanted.key, wanted.states, wanted.form === 'csv');
  }
  return saving.progress();
}

function saveEnd(): ZeroFilled | undefined {
  const lost = saving?.zeroFilled();
  dropSaving();
  return lost;
}

/** The report as a text, the same that the command writes. */
function written({ form, redact }: Questions['export']['ask']): string {
  if (form !== 'json') return opened().document(form === 'html', redact);
  return `${JSON.stringify(redact ? opened().redacted() : opened().report(), null, 2)}\n`;
}

function canRead(): boolean {
  try {
    new FileReaderSync().readAsArrayBuffer(new Blob(['any']));
    return true;
  } catch {
    return false;
  }
}

function answer(asked: Asked): Questions[Question]['answer'] {
  switch (asked.question) {
    case 'rows':
      return opened().rows(asked.ask.table, asked.ask.first, asked.ask.count);
    case 'bytes':
      return opened().bytes(asked.ask.file, asked.ask.offset, asked.ask.length);
    case 'chart': {
      const { file, from, to, cells, through, end } = asked.ask;
      return opened().chart(file, from, to, cells, through, end);
    }
    case 'findBytes':
      return opened().findBytes(asked.ask.file, asked.ask.needle, asked.ask.from, asked.ask.backwards);
    case 'census':
      return opened().census(asked.ask.table, asked.ask.group);
    case 'matching':
      return opened().matching(asked.ask.table, asked.ask.group, asked.ask.states);
    case 'rowAt':
      return opened().rowAt(asked.ask.table, asked.ask.guest);
    case 'translate':
      return opened().translate(asked.ask.offset, asked.ask.length);
    case 'whereabouts':
      return opened().whereabouts(asked.ask.file, asked.ask.offset);
    case 'saveBegin':
      return saveBegin(asked.ask);
    case 'saveNext':
      return saving && { chunk: opened().saveNext(saving), progress: saving.progress() };
    case 'saveEnd':
      return saveEnd();
    case 'export':
      return written(asked.ask);
    case 'canRead':
      return canRead();
    case 'dataToCheck':
      return opened().dataToCheck();
    case 'tour':
      return opened().tour(asked.ask.guest);
    case 'tourOf':
      return tourOf(asked.ask.files, asked.ask.guest);
  }
}

function reply(id: number, asked: Asked): void {
  try {
    const found = answer(asked);
    const chunk = typeof found === 'object' && 'chunk' in found ? found.chunk : undefined;
    tell({ kind: 'answer', id, answer: found }, typeof chunk === 'object' ? [chunk.buffer] : []);
  } catch (error) {
    if (isFatal(error)) throw error;
    tell({ kind: 'refused', id, message: error instanceof Error ? error.message : String(error) });
  }
}

self.addEventListener('message', (event: MessageEvent<ToWorker>) => {
  const message = event.data;
  try {
    switch (message.kind) {
      case 'start':
        first = initSync({ module: message.module });
        break;
      case 'complete':
        void new WebAssembly.Instance(message.rest, { first: { ...first } });
        break;
      case 'open':
        open(message.generation, message.files, message.image);
        break;
      case 'verify':
        verify(message.generation);
        break;
      case 'share':
        share(message.generation, message);
        break;
      case 'takeVerified':
        takeVerified(message.generation, message.outcomes, message.isWhole);
        break;
      case 'cancel':
        cancel(message.generation);
        break;
      case 'ask':
        reply(message.id, message);
        break;
    }
  } catch (error) {
    die(error);
  }
});
