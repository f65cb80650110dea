import { type TemplateResult, html } from 'lit';
import { count, digits } from '../../ui/format.ts';

/** From a place of the disk to the bytes of a file, and back. The steps themselves come from the reader. */
export const translate = {
  title: 'Translate',
  questionAndAnswer: 'Question and answer',
  stepsWidth: 'Width of the steps',
  steps: 'Steps by hand',
  way: 'Which way',
  toFile: 'Disk to file',
  toDisk: 'File to disk',
  byHand: 'By hand',
  byHandPiece: (number: number) => `By hand: piece ${digits(number)}`,
  byHandWhy:
    'A guest sees one disk; its bytes lie scattered over the files. Every answer here comes with the steps that lead to it: the arithmetic with its numbers, and the bytes that were looked at, so that it can be done again with a hex editor.',
  byteOf: (offset: string, file: string) => `Byte ${offset} of ${file}`,
  byte: (offset: number) => `byte ${digits(offset)}`,
  showIt: 'Show it',
  belongsTo: (structure: TemplateResult): TemplateResult => html`It belongs to ${structure}.`,
  noEntry: 'No table entry leads here.',
  nothingHere: 'Nothing of the image refers to it: no structure and no table entry leads here.',
  onTheDisk: 'On the disk',
  by: 'By',
  entryOf: (row: number, table: TemplateResult): TemplateResult => html`entry ${digits(row)} of ${table}`,
  inTheFile: 'In the file',
  image: 'Image',
  seen: 'The guest sees these bytes.',
  unseen: 'The guest does not see them: others take their place.',
  place: 'Place on the disk',
  placeExample: 'sector 63',
  length: 'Length',
  lengthExample: (bytes: number) => `${String(bytes)} bytes`,
  submit: 'Translate',
  guestHint: (sector: number, disk: number): TemplateResult =>
    html`A byte such as 32256 or 0x7e00, a sector such as <code>sector 63</code> (of ${digits(sector)} bytes),
      1.5 MiB, or -512 from the end. The disk has ${digits(disk)} bytes.`,
  partition: (index: number, name: string) => `Partition ${String(index)}: ${name}`,
  firstSector: 'First sector',
  lastSector: 'Last sector',
  file: 'File',
  fileByte: 'Byte of the file',
  fileHint: (): TemplateResult =>
    html`A byte such as 512 or 0x200, <code>63 s</code> (sectors of 512 bytes), 1.5 MiB, or -512 from the end.`,
  fileSize: (bytes: number, size: string) => `The file has ${digits(bytes)} bytes (${size}).`,
  liesHere: 'What lies here',
  tooShort: 'A length of nothing leads nowhere: ask for one byte at least.',
  /** What stretches of the disk are made of. */
  sources: {
    data: 'data',
    compressed: 'compressed',
    zero: 'zeros',
    absent: 'missing',
    invalid: 'unreadable',
  },
  sourcesMean: {
    data: 'They lie in the file as the guest sees them.',
    compressed: 'They are inflated from a stretch of the file.',
    zero: 'The guest reads zeros, and no file holds them.',
    absent: 'They lie in a file that was not given.',
    invalid: 'What should lead to them leads nowhere.',
  },
  guestByte: (offset: number) => `Guest byte ${digits(offset)}`,
  inPieces: (size: string, pieces: number) => `${size} in ${count(pieces, 'piece')}.`,
  columns: { guest: 'Guest byte', length: 'Length', source: 'Source', offset: 'Offset' },
  goOn: (offset: number) => `Go on from byte ${digits(offset)}`,
  left: (size: string) => `${size} of what was asked for lie in further pieces.`,
  sector: (sector: number, within: number) =>
    `sector ${digits(sector)}${within === 0 ? '' : `, byte ${digits(within)}`}`,
  inPartition: (offset: number, index: number) =>
    offset === 0
      ? `start of partition ${String(index)}`
      : `byte ${digits(offset)} of partition ${String(index)}`,
  guestBytes: (from: number, to: number) => `Guest bytes ${digits(from)} to ${digits(to)}.`,
  decides: (image: string): TemplateResult => html`<b>${image}</b> decides.`,
  placeIn: (place: string, file: string) => `${place} of ${file}`,
  wayBack: 'The way back',
  seeMissing: 'See what is missing',
  bytes: (number: number) => count(number, 'byte'),
};
