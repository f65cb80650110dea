/**
 * The helpers that share the check of the data: workers like the reader, each with the same files and a share of the
 * work. They live for one check. The reader meanwhile answers the page.
 */

import type { Progress } from './generated/types.ts';
import type { FromWorker, ShareOfWork, ToWorker } from './protocol.ts';
import { text } from './text/index.ts';

/** Helpers at most: each has the image open, and beyond that the disk is what is waited for. */
const MOST_HELPERS = 4;

/** Below so many bytes the reader is done before helpers would have started. */
const LEAST_BYTES = 64 << 20;

/** How long a helper may take to say what it found before it is ended without. A slice of its work takes 100 ms. */
const CANCEL_PATIENCE_MS = 1_000;

/** How many helpers share the check of so many bytes: none where the reader does better alone. */
export function helpersFor(bytes: number, processors: number): number {
  if (bytes < LEAST_BYTES) return 0;
  // The reader and the page have little to do meanwhile: a processor is left to them where there are more than two.
  return Math.min(MOST_HELPERS, Math.max(processors - 1, Math.min(processors, 2)));
}

/** What the pool needs of a worker. */
export type Helper = Pick<Worker, 'postMessage' | 'terminate'>;

/** Starts a worker of that name; what it says goes to `hear`, also that it `died`. */
export type StartHelper = (name: string, hear: (message: FromWorker) => void) => Promise<Helper>;

/** The check that is shared. */
export interface Work extends Omit<ShareOfWork, 'index' | 'of'> {
  generation: number;
}

/** Who listens to what becomes of the check. One of the three ends comes, and no helper is left then. */
export interface PoolListener {
  onProgress(progress: Progress): void;
  /** What all helpers found, in the order of their shares; `isWhole` unless they were stopped before the end. */
  onEnd(outcomes: string[], isWhole: boolean): void;
  /** A helper does not see the files that the reader saw. */
  onAstray(): void;
  /** A helper is gone, and its share with it. */
  onDeath(message: string): void;
}

interface Member {
  worker?: Helper;
  progress?: Progress;
  outcome?: string;
}

export class Pool {
  readonly #members: Member[];
  readonly #work: Work;
  readonly #listener: PoolListener;
  #isWhole = true;
  #isCancelled = false;
  #isOver = false;
  #patience: ReturnType<typeof setTimeout> | undefined;

  constructor(count: number, work: Work, start: StartHelper, listener: PoolListener) {
    this.#work = work;
    this.#listener = listener;
    this.#members = Array.from({ length: count }, () => ({}));
    this.#members.forEach((member, index) => {
      this.#begin(member, index, start).catch((error: unknown) => {
        this.#over(() => {
          listener.onDeath(text().failures.helperNotStarted(String(error)));
        });
      });
    });
    listener.onProgress({ done: 0, total: work.bytes, finished: false });
  }

  /** Stops the helpers. What they found so far is handed over, unless they take too long. */
  cancel(): void {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    for (const { worker, outcome } of this.#members) {
      const message: ToWorker = { kind: 'cancel', generation: this.#work.generation };
      if (outcome === undefined) worker?.postMessage(message);
    }
    this.#patience = setTimeout(() => {
      this.#conclude();
    }, CANCEL_PATIENCE_MS);
    this.#concludeIfDone();
  }

  /** Ends the helpers, and nothing more is heard of them. */
  end(): void {
    this.#isOver = true;
    clearTimeout(this.#patience);
    for (const { worker } of this.#members) worker?.terminate();
  }

  async #begin(member: Member, index: number, start: StartHelper): Promise<void> {
    const worker = await start(`diskglass helper ${String(index + 1)}`, (message) => {
      this.#hear(member, message);
    });
    if (this.#isOver || this.#isCancelled) {
      worker.terminate();
      return;
    }
    member.worker = worker;
    const message: ToWorker = { kind: 'share', ...this.#work, index, of: this.#members.length };
    worker.postMessage(message);
  }

  #hear(member: Member, message: FromWorker): void {
    if (this.#isOver) return;
    switch (message.kind) {
      case 'progress':
        member.progress = message.progress;
        this.#tellProgress();
        break;
      case 'outcome':
        member.outcome = message.outcome;
        this.#isWhole &&= message.isWhole;
        member.worker?.terminate();
        this.#concludeIfDone();
        break;
      case 'astray':
        this.#over(() => {
          this.#listener.onAstray();
        });
        break;
      case 'died':
        this.#over(() => {
          this.#listener.onDeath(message.message);
        });
        break;
      case 'report':
      case 'answer':
      case 'refused':
      case 'incomplete':
        // Nobody asks a helper, and it has the whole engine.
        break;
    }
  }

  /** The sum, once every helper has said how much it has to do. */
  #tellProgress(): void {
    const sum = { done: 0, total: 0, finished: true };
    for (const { progress } of this.#members) {
      if (!progress) return;
      sum.done += progress.done;
      sum.total += progress.total;
      sum.finished &&= progress.finished;
    }
    this.#listener.onProgress(sum);
  }

  #concludeIfDone(): void {
    // A helper that had not started when the check was cancelled has nothing to say.
    const isDone = ({ worker, outcome }: Member): boolean =>
      outcome !== undefined || (this.#isCancelled && !worker);
    if (this.#members.every(isDone)) this.#conclude();
  }

  #conclude(): void {
    const outcomes = this.#members.flatMap(({ outcome }) => outcome ?? []);
    const isWhole = this.#isWhole && outcomes.length === this.#members.length;
    this.#over(() => {
      this.#listener.onEnd(outcomes, isWhole);
    });
  }

  #over(tell: () => void): void {
    if (this.#isOver) return;
    this.end();
    tell();
  }
}
