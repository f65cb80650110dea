import { count } from '../../ui/format.ts';

/** What is worth saying of an image. The findings themselves come from the reader. */
export const findings = {
  title: 'Findings',
  noneLike: 'No finding is like that.',
  filter: 'Which findings are shown',
  search: 'Search the findings',
  shown: (some: number, all: number) => `${String(some)} of ${count(all, 'finding')}`,
  /** Groups of one severity. */
  severities: { error: 'Errors', warning: 'Warnings', info: 'Worth knowing' },
  /** What findings are about. */
  layers: {
    image: 'The image',
    chain: 'Its chain',
    partition: 'Partitions',
    volume: 'Volumes',
    package: 'The package',
  },
  show: 'Show',
  why: 'Why it matters',
  remedy: 'What to do',
  onTheDisk: 'on the disk',
  whereBytes: 'Where these bytes lie',
  liesAt: (offset: string) => `What lies at ${offset}`,
  liesHere: 'What lies here',
  otherPlaces: (number: number) => `and ${count(number, 'other place')}`,
  explanation: 'What the bytes say, and where this comes from',
  bytesSay: 'What the bytes say',
  source: 'Where this comes from',
  sample: 'A sample that shows it',
  inNewTab: 'in a new tab',
  inNewTabDeep: 'in a new tab; check the data there',
  showBytesIn: (file: string) => `Show them in ${file}`,
};
