/**
 * Talks to the workers, and is the only one who knows that there are any. Starts the reader when it is first needed,
 * drops answers that come too late, and starts another one when it dies. Has a large check of data done by helpers.
 */

import type { Progress, Report } from './generated/types.ts';
import type { FromWorker, GivenFile, Question, Questions, ToWorker, WorkerFile } from './protocol.ts';
import { compileEngine, compileRest } from './engine.ts';
import { helpersFor, Pool, type StartHelper } from './pool.ts';
import { isReachUncertain, readAll } from './reach.ts';
import { newWorker } from './scripts.ts';
import { text } from './text/index.ts';

/** How long a worker may take to stop before it is ended by force. A slice of its work takes 50 ms. */
const CANCEL_PATIENCE_MS = 3_000;

/** When a browser that does not say so is taken to be idle. */
const IDLE_MS = 500;

/** The questions whose answers depend on the files. */
const ABOUT_FILES: ReadonlySet<Question> = new Set([
  'rows',
  'bytes',
  'chart',
  'findBytes',
  'census',
  'matching',
  'rowAt',
  'translate',
  'whereabouts',
  'export',
  'saveBegin',
  'saveNext',
  'saveEnd',
  'dataToCheck',
  'tour',
]);

/** Who listens to what becomes of the inspection. */
export interface Listener {
  /** A report is there; `isLast` when nothing more will be read. */
  onReport(report: Report, isLast: boolean): void;
  onProgress(progress: Progress): void;
  /** The files cannot be inspected here; `why` says so to the reader. */
  onRefused(why: string): void;
  /** The rest of the program could not be loaded, and what was asked for takes it. It can be asked for again. */
  onIncomplete(why: string): void;
  /** The reader or a helper of it is gone, and what was read with it. The next question or inspection starts another one. */
  onDeath(message: string): void;
}

/** An answer that nobody waits for any more: its files were replaced, or its worker ended. */
export class OutOfDate extends Error {
  override name = 'OutOfDate';
}

interface Inspected {
  files: WorkerFile[];
  image: string | undefined;
}

interface Waiting {
  question: ToWorker;
  /** Whether the answer depends on the files. */
  isAboutFiles: boolean;
  resolve: (answer: unknown) => void;
  reject: (reason: Error) => void;
}

/** A worker, and when it can do what. */
interface Reader {
  /** It can open images, most of them. */
  started: Promise<Worker>;
  /** It has the rest of the engine too, and can do everything; not asked for yet where there is none. */
  complete: Promise<Worker> | undefined;
}

/** Starts a worker; what it says goes to `hear`, also when it could not start or ends by an error. */
async function startWorker(name: string, hear: (message: FromWorker) => void): Promise<Worker> {
  const module = await compileEngine();
  const worker = newWorker(name);
  worker.addEventListener('message', (event: MessageEvent<FromWorker>) => {
    hear(event.data);
  });
  worker.addEventListener('error', (event) => {
    hear({
      kind: 'died',
      message: event.message || text().failures.readerNotStarted,
    });
  });
  worker.postMessage({ kind: 'start', module } satisfies ToWorker);
  return worker;
}

/** Brings a worker the rest of the engine. */
async function complete(started: Promise<Worker>): Promise<Worker> {
  const [worker, rest] = await Promise.all([started, compileRest()]);
  worker.postMessage({ kind: 'complete', rest } satisfies ToWorker);
  return worker;
}

const startHelper: StartHelper = (name, hear) => complete(startWorker(name, hear));

export class Session {
  readonly #listener: Listener;
  #reader: Reader | undefined;
  #generation = 0;
  #nextId = 0;
  #waiting = new Map<number, Waiting>();
  #forcedEnd: ReturnType<typeof setTimeout> | undefined;
  /** What helpers can open too. */
  #inspected: Inspected | undefined;
  /** Who checks the data: `planned` until it is known how much that is. */
  #check: Pool | 'planned' | undefined;

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  /** Loads what opens images when the browser has nothing else to do, so that it is there when one is dropped. */
  prepare(): void {
    const load = (): void => {
      // Should it fail, that is told when it is needed.
      compileEngine().catch(() => undefined);
    };
    if ('requestIdleCallback' in window) requestIdleCallback(load);
    else setTimeout(load, IDLE_MS);
  }

  /** Inspects a set of files in place of what was inspected before. */
  open(files: GivenFile[], image?: string): void {
    this.#generation += 1;
    this.#endCheck();
    this.#dropWaiting('other files are inspected now', ({ isAboutFiles }) => isAboutFiles);
    clearTimeout(this.#forcedEnd);
    if (isReachUncertain && files.length > 0) void this.#openWithinReach(this.#generation, files, image);
    else this.#inspect({ files, image });
  }

  /** Files in memory go to the worker, which leaves nothing of them here. */
  #inspect(set: Inspected, inMemory: ArrayBuffer[] = []): void {
    this.#inspected = inMemory.length === 0 ? set : undefined;
    this.#send({ kind: 'open', generation: this.#generation, ...set }, inMemory);
  }

  async #openWithinReach(generation: number, files: GivenFile[], image: string | undefined): Promise<void> {
    try {
      const canRead = await this.ask('canRead', {});
      const reached = canRead ? files : await readAll(files);
      if (generation !== this.#generation) return;
      this.#inspect(
        { files: reached, image },
        reached.flatMap(({ file }) => (file instanceof Blob ? [] : [file.buffer])),
      );
    } catch (error) {
      // Where the worker has died, that was told.
      if (generation === this.#generation && !(error instanceof OutOfDate)) {
        this.#listener.onRefused(error instanceof Error ? error.message : String(error));
      }
    }
  }

  /**
   * Checks the data too, once the tables were read. Where that is much, helpers do it. A report follows when that is
   * done or cancelled.
   */
  verify(): void {
    this.#endCheck();
    this.#check = 'planned';
    this.ask('dataToCheck', {}).then(
      (bytes = 0) => {
        // Cancelled in the meantime.
        if (this.#check !== 'planned') return;
        const count = helpersFor(bytes, navigator.hardwareConcurrency);
        if (count > 0 && this.#inspected) this.#share(count, bytes, this.#inspected);
        else this.#verifyAlone();
      },
      // Other files are inspected now, or the reader cannot answer, which is told elsewhere.
      () => {
        if (this.#check === 'planned') this.#check = undefined;
      },
    );
  }

  #verifyAlone(): void {
    this.#check = undefined;
    this.#send({ kind: 'verify', generation: this.#generation });
  }

  #share(count: number, bytes: number, inspected: Inspected): void {
    const generation = this.#generation;
    this.#check = new Pool(count, { generation, bytes, ...inspected }, startHelper, {
      onProgress: (progress) => {
        this.#listener.onProgress(progress);
      },
      onEnd: (outcomes, isWhole) => {
        this.#check = undefined;
        this.#send({ kind: 'takeVerified', generation, outcomes, isWhole });
      },
      // The reader knows the tables, and will say what it cannot read any more.
      onAstray: () => {
        this.#verifyAlone();
      },
      onDeath: (message) => {
        this.#check = undefined;
        this.#listener.onDeath(message);
      },
    });
  }

  #endCheck(): void {
    if (this.#check instanceof Pool) this.#check.end();
    this.#check = undefined;
  }

  /** Stops reading tables or data. What was found so far stays. */
  cancel(): void {
    if (this.#check instanceof Pool) {
      this.#check.cancel();
      return;
    }
    this.#check = undefined;
    this.#send({ kind: 'cancel', generation: this.#generation });
    clearTimeout(this.#forcedEnd);
    this.#forcedEnd = setTimeout(() => {
      this.#buried(text().failures.ended);
    }, CANCEL_PATIENCE_MS);
  }

  /** Forgets the files. */
  close(): void {
    this.open([]);
    // Nobody wants the report on no files.
    this.#generation += 1;
  }

  /** Asks one question about the inspected files or about the program. Rejects with {@link OutOfDate} if they change. */
  ask<Q extends Question>(question: Q, ask: Questions[Q]['ask']): Promise<Questions[Q]['answer']> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const message = { kind: 'ask', id, question, ask } as ToWorker;
      // The worker answers each question with the type that `Questions` pairs with it.
      this.#waiting.set(id, {
        question: message,
        isAboutFiles: ABOUT_FILES.has(question),
        resolve: resolve as (answer: unknown) => void,
        reject,
      });
      this.#send(message);
    });
  }

  /** To open an image it takes what is loaded first; the rest of the engine for everything else. */
  #send(message: ToWorker, transfer: ArrayBuffer[] = []): void {
    const reader = (this.#reader ??= this.#start());
    const isEnough = message.kind === 'open' || message.kind === 'cancel';
    const ready = isEnough ? reader.started : this.#complete(reader);
    ready.then(
      (worker) => {
        // A worker that died in the meantime has been replaced and its questions rejected.
        if (reader === this.#reader) worker.postMessage(message, transfer);
      },
      (error: unknown) => {
        if (reader !== this.#reader) return;
        if (isEnough) {
          this.#buried(text().failures.notStarted(String(error)));
          return;
        }
        const why = text().failures.notComplete(String(error));
        if (message.kind === 'ask') this.#take(message.id)?.reject(new OutOfDate(why));
        this.#listener.onIncomplete(why);
      },
    );
  }

  #start(): Reader {
    const started = startWorker('diskglass reader', (message) => {
      this.#hear(message);
    });
    const reader: Reader = { started, complete: undefined };
    // It may get files in memory, of which nothing is left here to open them again.
    if (isReachUncertain) reader.started = this.#complete(reader);
    return reader;
  }

  #complete(reader: Reader): Promise<Worker> {
    return (reader.complete ??= complete(reader.started).catch((error: unknown) => {
      // Whoever needs it next tries again.
      reader.complete = undefined;
      throw error;
    }));
  }

  /** The image could not be opened with what is loaded first: it is opened again with the whole engine. */
  #openAgain(): void {
    clearTimeout(this.#forcedEnd);
    const reader = this.#start();
    reader.started = this.#complete(reader);
    this.#reader = reader;
    if (this.#inspected) this.#send({ kind: 'open', generation: this.#generation, ...this.#inspected });
    for (const { question } of this.#waiting.values()) this.#send(question);
  }

  #hear(message: FromWorker): void {
    switch (message.kind) {
      case 'report':
        if (message.generation !== this.#generation) break;
        if (message.isLast) clearTimeout(this.#forcedEnd);
        this.#listener.onReport(message.report, message.isLast);
        // Who sees a report wants to know more. Should it fail, that is told when something is asked.
        if (this.#reader) this.#complete(this.#reader).catch(() => undefined);
        break;
      case 'progress':
        if (message.generation === this.#generation) this.#listener.onProgress(message.progress);
        break;
      case 'answer':
        this.#take(message.id)?.resolve(message.answer);
        break;
      case 'refused':
        this.#take(message.id)?.reject(new Error(message.message));
        break;
      case 'incomplete':
        this.#openAgain();
        break;
      case 'died':
        this.#buried(message.message);
        break;
      case 'outcome':
      case 'astray':
        // Helpers say this, and their pool listens to them.
        break;
    }
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  #dropWaiting(why: string, which: (waiting: Waiting) => boolean = () => true): void {
    for (const [id, waiting] of this.#waiting) {
      if (!which(waiting)) continue;
      this.#waiting.delete(id);
      waiting.reject(new OutOfDate(why));
    }
  }

  /** The reader is dead: its job is lost, the files are not. */
  #buried(message: string): void {
    clearTimeout(this.#forcedEnd);
    this.#endCheck();
    this.#reader?.started.then(
      (worker) => {
        worker.terminate();
      },
      () => undefined,
    );
    this.#reader = undefined;
    this.#dropWaiting('the program that reads the files has stopped');
    this.#listener.onDeath(message);
  }
}
