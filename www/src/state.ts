/** What the page knows and shows: one value, replaced as a whole, and whoever wants to be told. */

import { type Address, decode, encode } from './address.ts';
import type { Progress, Report, SampleInfo } from './generated/types.ts';
import type { GivenFile } from './protocol.ts';

/**
 * `idle`: nothing is open; `reading`; `ready`: nothing more will be read (all tables were, unless the reading was
 * cancelled: the report's coverage tells); `failed`: the reader stopped unexpectedly.
 */
export type Phase = 'idle' | 'reading' | 'ready' | 'failed';

export interface State {
  phase: Phase;
  /** The open set. */
  files: readonly GivenFile[];
  /** Name of the sample that the set is, if it is one. */
  sample: string | undefined;
  /** The image that the reader chose, where the set has several. */
  chosenImage: string | undefined;
  report: Report | undefined;
  progress: Progress | undefined;
  /** What the reader said when it stopped. */
  failure: string | undefined;
  /** A line on what just went wrong with opening files. */
  notice: string | undefined;
  samples: readonly SampleInfo[] | undefined;
  at: Address;
}

type Subscriber = (state: State) => void;

export class Store {
  #state: State;
  readonly #subscribers = new Set<Subscriber>();

  constructor() {
    this.#state = {
      phase: 'idle',
      files: [],
      sample: undefined,
      chosenImage: undefined,
      report: undefined,
      progress: undefined,
      failure: undefined,
      notice: undefined,
      samples: undefined,
      at: decode(location.hash),
    };
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

  /** Shows another place. A change of view can be undone with the browser's back button. */
  go(at: Address): void {
    if (at.view !== this.#state.at.view) writeFragment(at, 'pushState');
    this.set({ at });
  }
}

function writeFragment(at: Address, how: 'pushState' | 'replaceState'): void {
  const fragment = `#${encode(at)}`;
  if (fragment === location.hash || (location.hash === '' && fragment === '#view=overview')) return;
  history[how](null, '', fragment);
}
