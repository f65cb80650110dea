import { digits } from '../../ui/format.ts';

/** Structures, their fields and their bytes. Their names and meanings come from the reader. */
export const structures = {
  title: 'Structures',
  treeWidth: 'Width of the tree',
  fields: 'Fields',
  noneHere: 'No structure lies here.',
  none: 'There is no structure to show.',
  bytesWidth: 'Width of the bytes',
  bytes: 'Bytes',
  /** Why a structure has no place in a file. */
  states: {
    ok: 'Its bytes do not lie in one of the files.',
    damaged: 'It is damaged and has no place in a file.',
    truncated: 'The file ends before it.',
    absent: 'It should be there and is not.',
  },
  badges: {
    primary: 'primary',
    backup: 'backup',
    stale: 'stale',
    orphan: 'orphan',
    ok: 'ok',
    damaged: 'damaged',
    truncated: 'truncated',
    absent: 'absent',
  },
  showEntries: 'Show its entries',
  fileBytes: (bytes: number) => `${digits(bytes)} bytes`,
  liesAt: (offset: string) => `What lies at byte ${offset}, and where that is on the disk`,
  empty: 'empty',
  type: 'Type',
  offset: 'Offset',
  inTheFile: 'in the file',
  value: 'Value',
};
