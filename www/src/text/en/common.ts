import { count, digits } from '../../ui/format.ts';

/** Words that several parts of the page use. */
export const common = {
  waitingForHeaders: 'Looking at the headers…',
  loadingSamples: 'Loading the samples…',
  nothingToReport: 'Nothing to report.',
  theFile: 'the file',
  theDisk: 'the disk',
  close: 'Close',
  stop: 'Stop',
  chooseFiles: 'Choose files…',
  chooseFolder: 'Choose a folder…',
  addFiles: 'Add files…',
  inspect: 'Inspect',
  inspectOne: (name: string) => `Inspect ${name}`,
  showBytesOf: (name: string) => `Show the bytes of ${name}`,
  checkData: 'Check the data',
  cannotCopy: 'The browser did not let the page copy.',
  /** `12 bytes at 0x200`. */
  bytesAt: (length: number, at: string) => `${count(length, 'byte')} at ${at}`,
  /** `4 KiB from byte 512`. */
  fromByte: (size: string, offset: number) => `${size} from byte ${digits(offset)}`,
  /** `3 of 12`. */
  of: (some: number, all: number) => `${digits(some)} of ${digits(all)}`,
  severities: { error: 'error', warning: 'warning', info: 'info' },
  /** What a file is in its set. */
  roles: {
    image: 'image',
    extent: 'extent',
    parent: 'parent',
    descriptor: 'descriptor',
    'data-file': 'data file',
    manifest: 'manifest',
    package: 'package',
    config: 'config',
    unrelated: 'unrelated',
  },
  /** Variants of formats whose names are words. */
  variants: { plain: 'plain', fixed: 'fixed', dynamic: 'dynamic', differencing: 'differencing' },
};
