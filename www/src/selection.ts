/**
 * One selection runs through all views: whatever is selected in one of them, here is what belongs to it in the others.
 */

import type { Address } from './address.ts';
import type {
  Entry,
  GuestRange,
  Place,
  Report,
  ReportedFinding,
  Structure,
  TableRow,
} from './generated/types.ts';
import type { Question, Questions } from './protocol.ts';

/** The part of an address that says what is selected. */
export type Selection = Pick<
  Address,
  | 'file'
  | 'offset'
  | 'length'
  | 'structure'
  | 'field'
  | 'table'
  | 'row'
  | 'partition'
  | 'finding'
  | 'guest'
  | 'span'
>;

/** Nothing is selected. Which table is shown stays as it is. */
export const NOTHING: { [Key in Exclude<keyof Selection, 'table'>]: undefined } = {
  file: undefined,
  offset: undefined,
  length: undefined,
  structure: undefined,
  field: undefined,
  row: undefined,
  partition: undefined,
  finding: undefined,
  guest: undefined,
  span: undefined,
};

/** A structure or one of its fields, with its bytes and what is wrong with it. */
export function ofStructure(report: Report, key: string, field?: string): Selection {
  const structure = report.structures.find((structure) => structure.key === key);
  const place = structure && fieldPlace(structure, field);
  return {
    structure: key,
    field,
    ...(place ?? {}),
    finding: findingOf(report, key, field)?.id,
    partition: report.partitions?.entries.find((entry) => entry.structure === key)?.index,
  };
}

/** Bytes of a file, with the structure and the field that they belong to. */
export function ofBytes(report: Report, { file, offset, length }: Place): Selection {
  const structure = structureAt(report, file, offset);
  const field = structure && fieldAt(structure, offset);
  const finding = structure && findingOf(report, structure.key, field)?.id;
  return { structure: structure?.key, field, file, offset, length, finding };
}

/** A row of a table, with the bytes of its entry and what it stands for on the disk. */
export function ofRow(report: Report, table: string, { index, entry, target, guest }: TableRow): Selection {
  const place = entry ?? target;
  return {
    table,
    row: index,
    ...(place ?? {}),
    structure: report.structures.find((structure) => structure.table === table)?.key,
    ...(guest ? onDisk(report, guest) : {}),
  };
}

/** A stretch of the guest's disk, with the partition that it lies in. */
export function ofGuest(report: Report, range: GuestRange): Selection {
  return onDisk(report, range);
}

/** A partition, with its stretch of the disk and the bytes that declare it. */
export function ofPartition(report: Report, entry: Entry): Selection {
  const sector = report.partitions?.sector_bytes ?? 512;
  const structure = report.structures.find(({ key }) => key === entry.structure);
  return {
    ...(structure ? ofStructure(report, structure.key) : {}),
    partition: entry.index,
    guest: entry.first_sector * sector,
    span: Math.max(1, entry.sector_count * sector),
  };
}

/** A finding, with its bytes, its structure and its stretch of the disk. */
export function ofFinding(report: Report, finding: ReportedFinding): Selection {
  const { structure, field, places, guest_range: guest, id } = finding;
  const [place] = places;
  return {
    ...(structure === null ? {} : ofStructure(report, structure, field ?? undefined)),
    ...(place ?? {}),
    ...(guest ? onDisk(report, guest) : {}),
    finding: id,
  };
}

/**
 * What belongs to the selection and takes a look into the tables: where the selected stretch of the disk lies, or what
 * the selected bytes hold. Nothing where all is known.
 */
export async function link(
  report: Report,
  { file, offset, structure, guest, table, row }: Selection,
  ask: Ask,
): Promise<Selection | undefined> {
  try {
    if (guest !== undefined) {
      const shown = table ?? report.tables[0]?.key;
      const found =
        shown === undefined || row !== undefined ? row : await ask('rowAt', { table: shown, guest });
      const place = file === undefined ? await placeOf(guest, ask) : undefined;
      return { ...(found === undefined ? {} : { table: shown, row: found }), ...(place ?? {}) };
    }
    // Its own structures hold nothing of the disk.
    const isOwn = structure?.startsWith(`${report.image?.format ?? ''}.`);
    if (file === undefined || offset === undefined || isOwn) return undefined;
    const held = (await ask('whereabouts', { file, offset }))?.held[0];
    if (!held) return undefined;
    return {
      ...(held.table === null || held.row === null ? {} : { table: held.table, row: held.row }),
      ...(held.guest ? onDisk(report, held.guest) : {}),
    };
  } catch {
    // What cannot be read or lies nowhere has nothing that belongs to it.
    return undefined;
  }
}

type Ask = <Q extends Question>(
  question: Q,
  what: Questions[Q]['ask'],
) => Promise<Questions[Q]['answer'] | undefined>;

async function placeOf(guest: number, ask: Ask): Promise<Place | undefined> {
  const translation = await ask('translate', { offset: guest, length: 1 });
  return translation?.pieces[0]?.place ?? undefined;
}

function onDisk(report: Report, { offset, length }: GuestRange): Selection {
  return { guest: offset, span: length, partition: partitionAt(report, offset)?.index };
}

/** The smallest partition around a byte of the guest's disk. */
export function partitionAt({ partitions }: Report, offset: number): Entry | undefined {
  const sector = offset / (partitions?.sector_bytes ?? 512);
  return partitions?.entries
    .filter(({ first_sector: first, sector_count: count }) => first <= sector && sector < first + count)
    .toSorted((a, b) => a.sector_count - b.sector_count)[0];
}

function findingOf(report: Report, structure: string, field?: string): ReportedFinding | undefined {
  return report.findings.find(
    (finding) => finding.structure === structure && (field === undefined || finding.field === field),
  );
}

/** Where a field lies in its file; or the whole structure. */
export function fieldPlace(structure: Structure, name: string | undefined): Place | undefined {
  if (structure.file === null || structure.offset === null) return undefined;
  const field = structure.fields.find((field) => field.name === name);
  return {
    file: structure.file,
    offset: structure.offset + (field?.offset ?? 0),
    length: field ? field.length : (structure.length ?? 0),
  };
}

/** The smallest structure around a byte. */
export function structureAt(report: Report | undefined, file: string, offset: number): Structure | undefined {
  let best: Structure | undefined;
  for (const structure of report?.structures ?? []) {
    const { offset: start, length } = structure;
    if (structure.file !== file || start === null || length === null) continue;
    if (offset < start || offset >= start + length) continue;
    if (!best || length < (best.length ?? Infinity)) best = structure;
  }
  return best;
}

/** The field of a structure that a byte of its file belongs to. */
export function fieldAt(structure: Structure, offset: number): string | undefined {
  const within = offset - (structure.offset ?? 0);
  return structure.fields.find((field) => within >= field.offset && within < field.offset + field.length)
    ?.name;
}
