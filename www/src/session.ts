/**
 * Talks to the workers, and is the only one who knows that there are any. Starts the reader when it is first needed,
 * drops answers that come too late, and starts another one when it dies. Has a large check of data done by helpers.
 */

import type { Progress, Report } from './generated/types.ts';
import type { FromWorker, GivenFile, Question, Questions, ToWorker, WorkerFile } from './protocol.ts';
import { compileEngine } from './engine.ts';
import { helpersFor, Pool } from './pool.ts';
import { isReachUncertain, readAll } from './reach.ts';
import { newWorker } from './scripts.ts';
import { text } from './text/index.ts';

/** How long a worker may take to stop before it is ended by force. A slice of its work takes 50 ms. */
const CANCEL_PATIENCE_MS = 3_000;

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
  /** Whether the answer depends on the files. */
  isAboutFiles: boolean;
  resolve: (answer: unknown) => void;
  reject: (reason: Error) => void;
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

export class Session {
  readonly #listener: Listener;
  #worker: Promise<Worker> | undefined;
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
      // Other files are inspected now, or the reader has died, which is told elsewhere.
      () => undefined,
    );
  }

  #verifyAlone(): void {
    this.#check = undefined;
    this.#send({ kind: 'verify', generation: this.#generation });
  }

  #share(count: number, bytes: number, inspected: Inspected): void {
    const generation = this.#generation;
    this.#check = new Pool(count, { generation, bytes, ...inspected }, startWorker, {
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
      // The worker answers each question with the type that `Questions` pairs with it.
      this.#waiting.set(id, {
        isAboutFiles: ABOUT_FILES.has(question),
        resolve: resolve as (answer: unknown) => void,
        reject,
      });
      this.#send({ kind: 'ask', id, question, ask } as ToWorker);
    });
  }

  #send(message: ToWorker, transfer: ArrayBuffer[] = []): void {
    this.#worker ??= this.#start();
    const sentTo = this.#worker;
    sentTo.then(
      (worker) => {
        // A worker that died in the meantime has been replaced and its questions rejected.
        if (sentTo === this.#worker) worker.postMessage(message, transfer);
      },
      (error: unknown) => {
        if (sentTo === this.#worker) this.#buried(text().failures.notStarted(String(error)));
      },
    );
  }

  #start(): Promise<Worker> {
    return startWorker('diskglass reader', (message) => {
      this.#hear(message);
    });
  }

  #hear(message: FromWorker): void {
    switch (message.kind) {
      case 'report':
        if (message.generation !== this.#generation) break;
        if (message.isLast) clearTimeout(this.#forcedEnd);
        this.#listener.onReport(message.report, message.isLast);
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
    this.#worker?.then(
      (worker) => {
        worker.terminate();
      },
      () => undefined,
    );
    this.#worker = undefined;
    this.#dropWaiting('the program that reads the files has stopped');
    this.#listener.onDeath(message);
  }
}
