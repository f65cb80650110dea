/** What the palette finds: commands, and every place of the open image that has a name or a value. */

import { chooseImage, go, goToGuest, goToPlace, goToStructure, openSample, select } from '../actions.ts';
import { COMMANDS, type Command, type Page } from '../commands.ts';
import type {
  Content,
  Entry as PartitionEntry,
  FieldValue,
  Report,
  ReportedFinding,
  SampleInfo,
  Structure,
  Volume,
} from '../generated/types.ts';
import { ofFinding, ofPartition } from '../selection.ts';
import type { State } from '../state.ts';
import { type Text, language, nameOf, text } from '../text/index.ts';
import { baseName, hex, size } from '../ui/format.ts';
import type { Findable } from '../ui/match.ts';
import { parsePlace } from '../ui/offset.ts';
import { formatName, variantName } from '../views/statement.ts';

/** A line of the palette. */
export interface PaletteEntry {
  group: PaletteGroup;
  title: string;
  /** Where it belongs, or what it is. */
  about: string;
  /** A value, an offset or an id. */
  code?: string;
  /** The chord that does the same. */
  chord?: string | undefined;
  findable: Findable;
  run: (page: Page) => void;
}

export type PaletteGroup = keyof Text['palette']['groups'];

/** The commands that are possible now. */
export function commandEntries(state: State): PaletteEntry[] {
  return COMMANDS.filter((command) => !command.isKeyOnly && command.isPossible(state)).map(commandEntry);
}

function commandEntry({ title, group, also = '', keys, run }: Command): PaletteEntry {
  return {
    group: 'commands',
    title,
    about: '',
    chord: keys[0],
    findable: {
      title: title.toLowerCase(),
      also: `${also} ${text().commands.groups[group]}`.toLowerCase(),
      isFuzzy: true,
    },
    run,
  };
}

/** What a typed offset may stand for: a byte of the file that is looked at, and a byte of the disk. */
export function placeEntries({ report, at }: State, typed: string): PaletteEntry[] {
  if (!report || typed.trim() === '') return [];
  const words = text().palette;
  const entries: PaletteEntry[] = [];
  const name = at.file ?? report.image?.key;
  const file = report.files.find((file) => file.name === name) ?? report.files[0];
  if (file) {
    const { bytes } = parsePlace(typed, { what: text().common.theFile, size: file.size ?? 0 });
    if (bytes !== undefined) {
      entries.push(
        place(words.goToByte(bytes, baseName(file.name)), words.inFile, bytes, () => {
          goToPlace({ file: file.name, offset: bytes, length: 1 });
        }),
      );
    }
  }
  const { virtual_size_bytes: disk = null, logical_sector_bytes: sector = 512 } = report.image ?? {};
  if (disk !== null) {
    const { bytes } = parsePlace(typed, { what: text().common.theDisk, size: disk }, sector);
    if (bytes !== undefined) {
      entries.push(
        place(words.guestByte(bytes), words.onDisk, bytes, () => {
          goToGuest({ offset: bytes, length: Math.min(sector, disk - bytes) });
        }),
      );
    }
  }
  return entries;
}

function place(title: string, about: string, offset: number, run: () => void): PaletteEntry {
  return { group: 'places', title, about, code: hex(offset), findable: { title, also: '' }, run };
}

const ofReports = new WeakMap<Report, InLanguage>();

/** Entries as they are in one language. */
interface InLanguage {
  language: string;
  entries: PaletteEntry[];
}

/** The entries of something; made when they are first wanted, and anew in another language. */
function kept<Of extends object>(
  all: WeakMap<Of, InLanguage>,
  of: Of,
  make: () => PaletteEntry[],
): PaletteEntry[] {
  let found = all.get(of);
  if (found?.language !== language()) {
    found = { language: language(), entries: make() };
    all.set(of, found);
  }
  return found.entries;
}

/** Everything in a report that has a name or a value. */
export function reportEntries(report: Report): PaletteEntry[] {
  return kept(ofReports, report, () => [
    ...findings(report),
    ...report.structures.map(structureEntry),
    ...report.structures.flatMap(fieldEntries),
    ...partitions(report),
    ...tables(report),
    ...files(report),
    ...images(report),
  ]);
}

function findings(report: Report): PaletteEntry[] {
  return report.findings.map((finding) => findingEntry(report, finding));
}

function findingEntry(report: Report, finding: ReportedFinding): PaletteEntry {
  const { id, title, detail, severity, layer } = finding;
  return {
    group: 'findings',
    title,
    about: text().common.severities[severity],
    code: id,
    findable: lower(title, [id, detail, severity, layer], id),
    run: () => {
      select(ofFinding(report, finding), 'findings');
    },
  };
}

function structureEntry({ key, title, id, file, offset, role, state }: Structure): PaletteEntry {
  return {
    group: 'structures',
    title,
    about: file === null ? nameOf(text().palette.states, state) : baseName(file),
    ...(offset === null ? {} : { code: hex(offset) }),
    findable: lower(title, [key, id, file ?? '', role, state], key),
    run: () => {
      goToStructure(key);
    },
  };
}

/** Values are shown so far. */
const MOST_SHOWN = 64;

function fieldEntries({ key, title, fields }: Structure): PaletteEntry[] {
  return fields.map((field) => ({
    group: 'fields',
    title: field.name,
    about: title,
    code: shownValue(field),
    findable: lower(field.name, [title, field.value, field.display, key], field.value),
    run: () => {
      goToStructure(key, field.name);
    },
  }));
}

function shownValue({ display, value }: FieldValue): string {
  const text = display || value;
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}

function partitions(report: Report): PaletteEntry[] {
  const { partitions } = report;
  if (!partitions) return [];
  const { entries, volume } = partitions;
  return [
    ...(volume ? volumeEntries(volume, text().palette.wholeDisk, toDisk) : []),
    ...entries.flatMap((entry) => [
      partitionEntry(report, entry),
      ...(entry.volume
        ? volumeEntries(entry.volume, text().palette.inPartition(entry.index), toPartition(report, entry))
        : []),
    ]),
  ];
}

function toDisk(): void {
  go({ view: 'partitions', partition: undefined });
}

function toPartition(report: Report, entry: PartitionEntry): () => void {
  return () => {
    select(ofPartition(report, entry), 'partitions');
  };
}

function partitionEntry(report: Report, entry: PartitionEntry): PaletteEntry {
  const { index, name, type_name, type_id, id, sector_count, first_sector } = entry;
  const title = text().palette.partition(index, name);
  return {
    group: 'partitions',
    title,
    about: type_name ?? type_id,
    code: text().palette.sectors(first_sector, sector_count),
    findable: lower(title, [name ?? '', type_name ?? '', type_id, id ?? ''], id ?? undefined),
    run: toPartition(report, entry),
  };
}

/** A volume, and those inside it. */
function volumeEntries(volume: Volume, where: string, run: () => void): PaletteEntry[] {
  const { type, version, label, uuid, size_bytes, contents } = volume;
  const title = text().palette.volume(type, label);
  const bytes = size_bytes === null ? '' : `, ${size(size_bytes)}`;
  return [
    volumeEntry(title, `${where}${bytes}`, [version ?? '', label ?? ''], uuid, run),
    ...contents.flatMap((content) => contentEntries(content, where, run)),
  ];
}

function contentEntries(content: Content, where: string, run: () => void): PaletteEntry[] {
  const { name, id, layout, volume } = content;
  return [
    volumeEntry(name, `${where}${layout ? `, ${layout}` : ''}`, [], id, run),
    ...(volume ? volumeEntries(volume, `${name}, ${where}`, run) : []),
  ];
}

function volumeEntry(
  title: string,
  about: string,
  also: string[],
  uuid: string | null,
  run: () => void,
): PaletteEntry {
  return {
    group: 'partitions',
    title,
    about,
    ...(uuid === null ? {} : { code: uuid }),
    findable: lower(title, [about, uuid ?? '', ...also], uuid ?? undefined),
    run,
  };
}

function tables({ tables }: Report): PaletteEntry[] {
  return tables.map(({ key, id, title, rows }) => ({
    group: 'tables',
    title,
    about: text().palette.entries(rows),
    code: key,
    findable: lower(title, [key, id, text().palette.alsoTable]),
    run: () => {
      go({ view: 'tables', table: key, row: undefined });
    },
  }));
}

function files({ files }: Report): PaletteEntry[] {
  return files.map(({ name, role, size: bytes }) => ({
    group: 'files',
    title: baseName(name),
    about: nameOf(text().common.roles, role),
    ...(bytes === null ? {} : { code: size(bytes) }),
    findable: lower(baseName(name), [name, role]),
    run: () => {
      goToPlace({ file: name, offset: 0, length: 1 });
    },
  }));
}

/** The other images of the set, to be inspected in place of this one. */
function images({ images, image }: Report): PaletteEntry[] {
  return images
    .filter(({ key }) => key !== image?.key)
    .map(({ key, format, variant }) => ({
      group: 'images',
      title: text().common.inspectOne(baseName(key)),
      about: [formatName(format), variantName(variant)].filter(Boolean).join(', '),
      findable: lower(text().common.inspectOne(baseName(key)), [key, format, text().palette.alsoImage]),
      run: () => {
        chooseImage(key);
      },
    }));
}

const ofSamples = new WeakMap<readonly SampleInfo[], InLanguage>();

/** The samples of the gallery. */
export function sampleEntries(samples: readonly SampleInfo[]): PaletteEntry[] {
  return kept(ofSamples, samples, () =>
    samples.map(({ name, title, about, format, variant, shows }) => ({
      group: 'samples',
      title,
      about: text().palette.openSample,
      code: name,
      findable: lower(title, [name, about, format, variant, text().palette.alsoSample, ...shows], name),
      run: () => {
        void openSample(name);
      },
    })),
  );
}

function lower(title: string, also: readonly string[], value?: string): Findable {
  return {
    title: title.toLowerCase(),
    also: also.join('\n').toLowerCase(),
    ...(value === undefined ? {} : { value: value.toLowerCase() }),
  };
}
