import { type TemplateResult, html } from 'lit';
import { digits } from '../../ui/format.ts';

/** The tour, and two tours side by side. Their steps come from the reader. */
export const tour = {
  title: 'Guided tour',
  of: 'Tour of',
  yourImage: (name: string) => `your image ${name}`,
  sample: (name: string) => `sample ${name}`,
  backToOwn: 'Back to your own image',
  sector: 'Sector to find',
  find: 'Find it',
  steps: 'Steps',
  step: 'Step',
  stepOf: (number: number, all: number) => `Step ${String(number)} of ${String(all)}`,
  back: 'Back',
  next: 'Next',
  bytes: 'Bytes',
  endOwn:
    'This was your own image. Choose another sector above and find it yourself, before you look at the steps.',
  endHasOwn: 'Now the same on your own image: go back to it, and the tour walks through that.',
  endSample: 'Now the same on an image of your own: drop one on this page, and the tour walks through that.',
  sectors: (number: number) => `There are ${digits(number)} sectors to choose from.`,
  noBytes: 'No bytes belong to this step.',
  onlyArithmetic: 'this step is arithmetic only',
  read: 'What is read',
  computed: 'What is computed',
  /** How bytes are read. */
  forms: {
    'big-endian': 'big-endian: from left to right',
    'little-endian': 'little-endian: from right to left',
    text: 'letters',
    utf16: 'letters of two bytes, UTF-16',
    uuid: 'sixteen bytes in their order',
    known: '',
  },
  oneByte: 'one byte',
  at: (offset: string) => `at ${offset}`,
  atOf: (offset: string, file: string) => `at ${offset} of ${file}`,
  compare: {
    waiting: 'Writing the two images…',
    title: 'One disk, two designs',
    about: (kinds: readonly string[]) =>
      `The same disk, sector by sector, stored as ${kinds.join(' and as ')}. Every number is read from the bytes of the two images.`,
    aboutSector: (sector: number) => `The sector that is found in both is number ${digits(sector)}.`,
    walk: 'Walk its tour',
    order: 'Which byte of a number comes first?',
    questions: {
      recognise: 'How is it recognised?',
      size: 'How is the size of the disk said?',
      unit: 'In what units is space given out?',
      words: 'What is said in words?',
      table: 'Which tables lead to the data?',
      empty: 'What does a unit look like that is not there?',
      copies: 'What is there twice?',
      parent: 'How does a child name its parent?',
      way: 'How is a sector found?',
    },
    nothing: 'There is nothing of that kind.',
    oneByteEach: 'Its numbers have one byte each.',
    example: (
      form: string,
      bytes: TemplateResult,
      term: TemplateResult,
      value: TemplateResult,
    ): TemplateResult => html`${form}. The bytes ${bytes} of ${term} are ${value}.`,
  },
};
