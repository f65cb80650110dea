/**
 * The worker that owns the files and the WebAssembly instance. It reads synchronously and in slices, so that
 * questions and a cancellation get through while it reads tables or data.
 */

import { Engine, explain, initSync, sampleFiles, samples } from './generated/diskglass.js';
import type { Asked, FromWorker, GivenFile, Questions, Question, ToWorker } from './protocol.ts';

declare const self: DedicatedWorkerGlobalScope;

const SLICE_MS = 50;
const STEP_BYTES = 1 << 20;

let engine: Engine | undefined;
/** The generation that the engine holds. */
let inspected: number | undefined;
/** The generation whose tables or data are being read. */
let reading: number | undefined;
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
  return error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
}

function die(error: unknown): void {
  reading = undefined;
  const message = lastWords || (error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  tell({ kind: 'died', message });
  self.close();
}

function open(generation: number, files: GivenFile[], image: string | undefined): void {
  engine?.free();
  engine = new Engine();
  inspected = generation;
  for (const { path, file, modifiedMs } of files) engine.add(path, file, modifiedMs);
  const report = engine.open(image);
  const isLast = report.coverage !== 'headers';
  tell({ kind: 'report', generation, report, isLast });
  reading = isLast ? undefined : generation;
  if (!isLast) setTimeout(readOn, 0, generation);
}

function verify(generation: number): void {
  if (!engine || inspected !== generation || reading !== undefined) return;
  reading = generation;
  tell({ kind: 'progress', generation, progress: engine.verify() });
  setTimeout(readOn, 0, generation);
}

function readOn(generation: number): void {
  if (!engine || reading !== generation) return;
  try {
    const until = performance.now() + SLICE_MS;
    let progress = engine.advance(STEP_BYTES);
    while (!progress.finished && performance.now() < until) progress = engine.advance(STEP_BYTES);
    tell({ kind: 'progress', generation, progress });
    if (progress.finished) {
      reading = undefined;
      tell({ kind: 'report', generation, report: engine.report(), isLast: true });
    } else {
      setTimeout(readOn, 0, generation);
    }
  } catch (error) {
    die(error);
  }
}

function cancel(generation: number): void {
  if (!engine || reading !== generation) return;
  reading = undefined;
  engine.cancel();
  tell({ kind: 'report', generation, report: engine.report(), isLast: true });
}

function opened(): Engine {
  if (!engine) throw new Error('no image is open');
  return engine;
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
    case 'explain':
      return explain(asked.ask.finding);
    case 'samples':
      return samples();
    case 'sampleFiles':
      return sampleFiles(asked.ask.name);
  }
}

function reply(id: number, asked: Asked): void {
  try {
    tell({ kind: 'answer', id, answer: answer(asked) });
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
        initSync({ module: message.module });
        break;
      case 'open':
        open(message.generation, message.files, message.image);
        break;
      case 'verify':
        verify(message.generation);
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
