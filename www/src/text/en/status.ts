import { count } from '../../ui/format.ts';

/** The line at the foot of the page. */
export const status = {
  promise: 'Nothing leaves this computer',
  promiseWhy: "The page's Content-Security-Policy forbids every connection.",
  cancel: 'Cancel',
  readOn: 'Read the tables',
  checking: 'Checking the data.',
  readingTables: 'Reading the tables.',
  readingHeaders: 'Reading the headers…',
  failed: 'The reader stopped.',
  nothingToCheck:
    'All headers and tables were read; there is nothing that the data could be checked against.',
  checked: 'All headers and tables were read, and the data was checked.',
  readTables: 'All headers and tables were read.',
  stoppedCheck: 'Stopped: the data was not checked to the end.',
  stoppedTables: 'Stopped: the tables were not read to the end.',
  files: (number: number, size: string) => `${count(number, 'file')}, ${size}`,
  /** How much of a whole is done, both of them sizes. */
  share: (done: string, total: string) => `${done} of ${total}`,
  /** A speed, and how long it takes from now on. */
  pace: (share: string, rate: string, left: string) => `${share} · ${rate}/s · ${left} left`,
  seconds: (number: number) => `${String(number)} s`,
  minutes: (number: number) => `${String(number)} min`,
  hours: (number: number) => `${String(number)} h`,
};
