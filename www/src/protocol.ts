/** What the page and its workers say to each other: the reader, and the helpers that share the check of the data. */

import type {
  Census,
  ChartPart,
  Progress,
  Report,
  Rows,
  SampleFile,
  Sought,
  Tour,
  Translation,
  Whereabouts,
  ZeroFilled,
} from './generated/types.ts';

/** A file that was dropped or picked. */
export interface GivenFile {
  /** Path relative to what was dropped, `/` between the parts. */
  path: string;
  file: Blob;
  /** When the file was last changed, in milliseconds since 1970. */
  modifiedMs?: number | undefined;
}

/** A file as the worker gets it: its bytes, where it cannot read the file itself. */
export interface WorkerFile extends Omit<GivenFile, 'file'> {
  file: Blob | Uint8Array<ArrayBuffer>;
}

/** What is to be saved: bytes of the guest's disk or of a file, or the rows of a table in some states (or all). */
export type Wanted =
  | { what: 'disk'; offset: number; length?: number }
  | { what: 'file'; name: string; offset: number; length: number }
  | { what: 'table'; key: string; states: string[]; form: 'csv' | 'ndjson' };

/** The forms in which the report leaves the page. */
export type ReportForm = 'markdown' | 'html' | 'json';

/** Questions that have one answer. */
export interface Questions {
  rows: { ask: { table: string; first: number; count: number }; answer: Rows };
  bytes: { ask: { file: string; offset: number; length: number }; answer: Uint8Array };
  /** A step of the chart of a file, or of the guest's disk where none is named. */
  chart: {
    ask: { file: string | undefined; from: number; to: number; cells: number; through: number; end: number };
    answer: ChartPart;
  };
  findBytes: {
    ask: { file: string; needle: Uint8Array; from: number; backwards: boolean };
    answer: Sought;
  };
  /** How many rows of a table are in which state, from a group of rows on: a step. */
  census: { ask: { table: string; group: number }; answer: Census };
  /** The rows of a group that are in one of those states, counted from the group's first row. */
  matching: { ask: { table: string; group: number; states: string[] }; answer: Uint32Array };
  rowAt: { ask: { table: string; guest: number }; answer: number | undefined };
  translate: { ask: { offset: number; length: number }; answer: Translation };
  whereabouts: { ask: { file: string; offset: number }; answer: Whereabouts };
  /** Whether the worker can read files. */
  canRead: { ask: Record<never, never>; answer: boolean };
  /** Bytes that the check of the data reads; nothing where there is nothing to be checked. */
  dataToCheck: { ask: Record<never, never>; answer: number | undefined };
  /** The report as a text, the same that the command writes; `redact`: with placeholders for names, paths and identities. */
  export: { ask: { form: ReportForm; redact: boolean }; answer: string };
  /** Begins to save something, in place of what was being saved. */
  saveBegin: { ask: Wanted; answer: Progress };
  /**
   * The next piece of it: bytes, or a number of zeros, and no chunk at the end. No answer where the files were opened
   * anew in the meantime.
   */
  saveNext: {
    ask: Record<never, never>;
    answer: { chunk: Uint8Array<ArrayBuffer> | number | undefined; progress: Progress } | undefined;
  };
  /** Ends it: what could not be read. */
  saveEnd: { ask: Record<never, never>; answer: ZeroFilled | undefined };
  /** Without `guest`, the tour chooses the sector that it looks up. */
  tour: { ask: { guest?: number | undefined }; answer: Tour };
  /** The tour of an image of its own, whatever is open. */
  tourOf: { ask: { files: SampleFile[]; guest?: number | undefined }; answer: Tour };
}

export type Question = keyof Questions;

/** A question with what it asks for. */
export type Asked = { [Q in Question]: { question: Q; ask: Questions[Q]['ask'] } }[Question];

/** A share of the check of the data, for a helper. */
export interface ShareOfWork {
  files: WorkerFile[];
  image: string | undefined;
  /** What the reader answers to `dataToCheck`: a helper that sees something else sees other files. */
  bytes: number;
  /** Which share, from 0. */
  index: number;
  /** How many there are. */
  of: number;
}

/** A generation is one set of files being inspected; what belongs to an older one is out of date. */
export type ToWorker =
  | { kind: 'start'; module: WebAssembly.Module }
  /** The rest of the engine. Until it is there, images can be opened, most of them. */
  | { kind: 'complete'; rest: WebAssembly.Module }
  | { kind: 'open'; generation: number; files: WorkerFile[]; image: string | undefined }
  /** Check the data too. */
  | { kind: 'verify'; generation: number }
  /** Do a share of that, as a helper. */
  | ({ kind: 'share'; generation: number } & ShareOfWork)
  /** Take what all shares found, in their order. `isWhole`: all of them came to their end. */
  | { kind: 'takeVerified'; generation: number; outcomes: string[]; isWhole: boolean }
  /** Stop reading, and say what was found so far. */
  | { kind: 'cancel'; generation: number }
  | ({ kind: 'ask'; id: number } & Asked);

export type FromWorker =
  /** `isLast`: nothing more will be read. */
  | { kind: 'report'; generation: number; report: Report; isLast: boolean }
  | { kind: 'progress'; generation: number; progress: Progress }
  /** What a share found; of its end or of where it was cancelled. */
  | { kind: 'outcome'; generation: number; outcome: string; isWhole: boolean }
  /** The helper does not see what the reader saw: a file has changed or is gone. */
  | { kind: 'astray'; generation: number }
  | { kind: 'answer'; id: number; answer: Questions[Question]['answer'] }
  | { kind: 'refused'; id: number; message: string }
  /** To open this image takes the rest of the engine; and another worker, because this one stopped half-way. */
  | { kind: 'incomplete' }
  /** The WebAssembly instance is of no use any more. */
  | { kind: 'died'; message: string };
