import { count } from '../../ui/format.ts';

/** The answer in words. */
export const statement = {
  verdicts: {
    sound: 'Sound',
    warnings: 'Warnings',
    damaged: 'Damaged',
    incomplete: 'Incomplete',
    unrecognised: 'Unrecognised',
  },
  disk: (size: string | undefined, format: string, variant: string | undefined) =>
    `${size === undefined ? '' : `${size} `}${format} disk${variant === undefined ? '' : `, ${variant}`}`,
  unreadFile: 'The file could not be read',
  unreadFiles: 'Not all files could be read',
  unreadWhy: 'The browser was not given its bytes, so nothing can be said of what is in it.',
  unknown: 'Not a disk image that is known here',
  unknownFile: 'Nothing in this file is the mark of a known image format, a partition table or a volume.',
  unknownFiles: 'None of these files is a disk image, a partition table or a volume that is known here.',
  writtenBy: (producer: string) => `Written by ${producer}.`,
  writtenAt: (producer: string, date: string) => `Written by ${producer}, ${date}.`,
  madeAt: (date: string) => `Made ${date}.`,
  oneVolume: (type: string, label: string | null) =>
    `Holds one ${type} volume${label ? ` “${label}”` : ''} and no partition table.`,
  nothingInside: 'Holds no partition table and no known volume.',
  noPartitions: (scheme: string) => `Holds an empty partition table (${scheme}).`,
  partitions: (number: number, scheme: string, volumes: readonly string[]) =>
    `Holds ${count(number, 'partition')} (${scheme})${volumes.length > 0 ? `: ${volumes.join(', ')}` : ''}.`,
  sound: {
    headers: 'Its headers are as they should be.',
    tables: 'It is whole: every header and every table entry is as it should be.',
    data: 'It is whole: every header, every table entry and the data are as they should be.',
  },
  unread:
    'Not all of it could be read, which is the fault of the file on its medium and not of the image in it.',
  damaged: (errors: number, warnings: number) =>
    `It is damaged: ${count(errors, 'error')}${warnings > 0 ? `, and ${count(warnings, 'warning')}` : ''}. Everything that can still be read is shown.`,
  incomplete: (names: readonly string[]) =>
    `It is not all here. Missing: ${names.join(', ') || 'a part'}. What was given is read as far as it goes.`,
  warnings: (warnings: number) =>
    `It can be read, but other programs may trip over it: ${count(warnings, 'warning')}.`,
  unopened: 'It could not be opened.',
  drop: (names: readonly string[], more: number) =>
    `Drop ${names.join(', ')}${more > 0 ? ` and ${String(more)} more` : ''} here too, anywhere in this window.`,
  otherParts: 'the other parts',
  itsParent: 'its parent',
  parentOf: (name: string | undefined) => `the parent of ${name ?? 'the last image'}`,
};
