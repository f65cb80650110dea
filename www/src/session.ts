/**
 * Talks to the worker, and is the only one who knows that there is one. Starts it when it is first needed, drops
 * answers that come too late, and starts another one when it dies.
 */

import type { Progress, Report } from './generated/types.ts';
import type { FromWorker, GivenFile, Question, Questions, ToWorker } from './protocol.ts';
import { compileEngine } from './engine.ts';
import ReaderWorker from './worker?worker&inline';

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
]);

/** Who listens to what becomes of the inspection. */
export interface Listener {
  /** A report is there; `isLast` when nothing more will be read. */
  onReport(report: Report, isLast: boolean): void;
  onProgress(progress: Progress): void;
  /** The worker is gone. The next question or inspection starts another one. */
  onDeath(message: string): void;
}

/** An answer that nobody waits for any more: its files were replaced, or its worker ended. */
export class OutOfDate extends Error {
  override name = 'OutOfDate';
}

interface Waiting {
  /** Whether the answer depends on the files. */
  isAboutFiles: boolean;
  resolve: (answer: unknown) => void;
  reject: (reason: Error) => void;
}

export class Session {
  readonly #listener: Listener;
  #worker: Promise<Worker> | undefined;
  #generation = 0;
  #nextId = 0;
  #waiting = new Map<number, Waiting>();
  #forcedEnd: ReturnType<typeof setTimeout> | undefined;

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  /** Inspects a set of files in place of what was inspected before. */
  open(files: GivenFile[], image?: string): void {
    this.#generation += 1;
    this.#dropWaiting('other files are inspected now', ({ isAboutFiles }) => isAboutFiles);
    clearTimeout(this.#forcedEnd);
    this.#send({ kind: 'open', generation: this.#generation, files, image });
  }

  /** Checks the data too, once the tables were read. A report follows when that is done or cancelled. */
  verify(): void {
    this.#send({ kind: 'verify', generation: this.#generation });
  }

  /** Stops reading tables or data. What was found so far stays. */
  cancel(): void {
    this.#send({ kind: 'cancel', generation: this.#generation });
    clearTimeout(this.#forcedEnd);
    this.#forcedEnd = setTimeout(() => {
      this.#buried('The program that reads the files did not stop when asked to, and was ended.');
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

  #send(message: ToWorker): void {
    this.#worker ??= this.#start();
    const sentTo = this.#worker;
    sentTo.then(
      (worker) => {
        // A worker that died in the meantime has been replaced and its questions rejected.
        if (sentTo === this.#worker) worker.postMessage(message);
      },
      (error: unknown) => {
        if (sentTo === this.#worker) this.#buried(`The program could not be started. ${String(error)}`);
      },
    );
  }

  async #start(): Promise<Worker> {
    const module = await compileEngine();
    const worker = new ReaderWorker({ name: 'diskglass reader' });
    worker.addEventListener('message', (event: MessageEvent<FromWorker>) => {
      this.#hear(event.data);
    });
    worker.addEventListener('error', (event) => {
      this.#buried(event.message || 'The program that reads the files could not be started.');
    });
    worker.postMessage({ kind: 'start', module } satisfies ToWorker);
    return worker;
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

  /** The worker is dead: its job is lost, the files are not. */
  #buried(message: string): void {
    clearTimeout(this.#forcedEnd);
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
