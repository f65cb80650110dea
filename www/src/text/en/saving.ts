import { count } from '../../ui/format.ts';

/** Saving bytes, tables and disks. */
export const saving = {
  label: 'Saving',
  /** Buttons. */
  disk: 'Save the disk as raw',
  diskWhy: 'The whole disk as the guest sees it, parents and extents resolved',
  partition: 'Save as raw',
  table: 'Save the listed rows',
  tableShort: 'Save as',
  bytes: 'Save bytes',
  from: 'Save from byte',
  length: 'length',
  /** Where the bytes of a range are taken from. */
  ofFile: 'of the file',
  ofDisk: 'of the disk',
  go: 'Save',
  pastEnd: (end: string) => `It ends at byte ${end}.`,
  empty: 'Nothing is as long as that.',
  running: (name: string, percent: number) => `Saving ${name}: ${String(percent)} %`,
  rows: (done: string, total: string) => `${done} of ${total} rows`,
  finishing: (name: string) => `${name} is complete; the browser puts it in its place…`,
  done: (name: string, size: string) => `Saved ${name}, ${size}.`,
  kept: 'The browser puts it among its downloads. Until this message is closed the page keeps the copy that it comes from: close it when the download has ended.',
  stopped: (name: string) => `Stopped. Nothing is left of ${name}.`,
  failed: (name: string) => `${name} could not be saved, and nothing is left of it.`,
  openedAnew: 'The files were opened anew while it was being saved.',
  noRoom:
    'There is not enough room for it here. Free some space, or use this command, which stores no zeros:',
  tooLarge: (limit: string) =>
    `This browser lets the page write no file here, only put together up to ${limit} in memory. This command does the same without a limit:`,
  oneAtATime: 'Something is being saved already: one thing is saved at a time.',
  stop: 'Stop',
  dismiss: 'Close this message',
  copyCommand: 'Copy the command',
  whole: 'Everything could be read.',
  lost: (stretches: number, size: string) =>
    `${count(stretches, 'stretch', 'stretches')} of the disk, ${size} in all, could not be read: there are zeros in their place.`,
  lostStretch: (offset: string, length: string) => `byte ${offset}, ${length}`,
  more: (number: string) => `and ${number} more`,
  saveLost: 'Save this list',
};
