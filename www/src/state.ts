/** What the page knows and shows: one value, replaced as a whole, and whoever wants to be told. */

import { type Address, decode, encode } from './address.ts';
import type { Progress, Report, SampleInfo } from './generated/types.ts';
import type { MainSamples } from './gallery.ts';
import type { GivenFile } from './protocol.ts';
import type { Saving } from './save.ts';

/**
 * `idle`: nothing is open; `reading`; `ready`: nothing is being read (how far all was read is the report's coverage);
 * `failed`: the reader stopped unexpectedly.
 */
export type Phase = 'idle' | 'reading' | 'ready' | 'failed';

/** What is read after the headers, or was read last: the tables at once, the data when the reader asks for it. */
export type Job = 'tables' | 'data';

export interface State {
  phase: Phase;
  /** The open set. */
  files: readonly GivenFile[];
  /** The reader's own files, while a sample is open in their place. */
  setAside: readonly GivenFile[];
  /** Name of the sample that the set is, if it is one. */
  sample: string | undefined;
  /** The image that the reader chose, where the set has several. */
  chosenImage: string | undefined;
  report: Report | undefined;
  job: Job;
  /** How far the job has gone. */
  progress: Progress | undefined;
  /** When the job was begun, on the clock of `performance.now()`. */
  since: number;
  /** What the reader said when it stopped. */
  failure: string | undefined;
  /** A line on what just went wrong with opening files. */
  notice: string | undefined;
  /** The main samples, and how many there are in all. */
  mainSamples: MainSamples | undefined;
  /** All samples; fetched when somebody asks for one. */
  samples: readonly SampleInfo[] | undefined;
  /** Whether a newer version of the page is ready. */
  hasUpdate: boolean;
  /** What is being saved, or was. */
  saving: Saving | undefined;
  /** Whether placeholders stand for names, paths and identities in the reports that leave the page. */
  redacts: boolean;
  at: Address;
}

type Subscriber = (state: State) => void;

export class Store {
  #state: State;
  readonly #subscribers = new Set<Subscriber>();
  /** Whether the reader's last move was with a key that moves on. */
  #isStepping = false;
  #wasStep = false;

  constructor() {
    this.#state = {
      phase: 'idle',
      files: [],
      setAside: [],
      sample: undefined,
      chosenImage: undefined,
      report: undefined,
      job: 'tables',
      progress: undefined,
      since: 0,
      failure: undefined,
      notice: undefined,
      mainSamples: undefined,
      samples: undefined,
      hasUpdate: false,
      saving: undefined,
      redacts: false,
      at: decode(location.hash),
    };
    addEventListener(
      'keydown',
      ({ key }) => {
        this.#isStepping = /^(Arrow|Page)/.test(key);
      },
      { capture: true },
    );
    addEventListener(
      'pointerdown',
      () => {
        this.#isStepping = false;
      },
      { capture: true },
    );
    addEventListener('popstate', () => {
      this.set({ at: decode(location.hash) });
    });
  }

  get state(): State {
    return this.#state;
  }

  set(change: Partial<State>): void {
    this.#state = { ...this.#state, ...change };
    if (change.at) writeFragment(change.at, 'replaceState');
    for (const tell of this.#subscribers) tell(this.#state);
  }

  /** Calls `tell` after every change, until the returned function is called. */
  subscribe(tell: Subscriber): () => void {
    this.#subscribers.add(tell);
    return () => {
      this.#subscribers.delete(tell);
    };
  }

  /**
   * Shows another place, or selects something else. The browser's back button undoes it; moving on and on by the arrow
   * keys is undone as one.
   */
  go(at: Address): void {
    const isStep = this.#isStepping && at.view === this.#state.at.view;
    if (encode(at) !== encode(this.#state.at)) {
      writeFragment(at, isStep && this.#wasStep ? 'replaceState' : 'pushState');
    }
    this.#wasStep = isStep;
    this.set({ at });
  }
}

function writeFragment(at: Address, how: 'pushState' | 'replaceState'): void {
  const fragment = `#${encode(at)}`;
  if (fragment === location.hash || (location.hash === '' && fragment === '#view=overview')) return;
  history[how](null, '', fragment);
}
