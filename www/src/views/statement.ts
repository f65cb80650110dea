/** The answer in words: what the image is, who wrote it, whether it is whole, and what to do next. */

import type { Report } from '../generated/types.ts';
import { nameOf, text } from '../text/index.ts';
import { baseName, date, size } from '../ui/format.ts';
import { schemeName } from './schemes.ts';

/** The finding that bytes of a file could not be had. */
const UNREAD = 'file.read-failed';

export interface Statement {
  /** One line: what it is. */
  title: string;
  /** Where it comes from and what is in it. */
  about: string[];
  /** Whether it is whole. */
  verdict: string;
  /** What to do, where there is something to do. */
  next: Advice | undefined;
}

/** Words of the page, or the reader's, which are English. */
export interface Advice {
  words: string;
  isReaders: boolean;
}

/** A format's name as people write it: short names are abbreviations, and `raw` is a word. */
export function formatName(format: string): string {
  return format === 'raw' ? 'raw' : format.toUpperCase();
}

/** How a variant is called, where its name is a word; nothing where it has none. */
export function variantName(variant: string | null): string {
  return nameOf(text().common.variants, variant ?? '');
}

export function statement(report: Report): Statement {
  const words = text().statement;
  const { image } = report;
  if (!image && report.findings.some(({ id }) => id === UNREAD)) {
    return {
      title: report.files.length === 1 ? words.unreadFile : words.unreadFiles,
      about: [],
      verdict: words.unreadWhy,
      next: ofReader(report.findings.find(({ id }) => id === UNREAD)?.remedy),
    };
  }
  if (!image) {
    return {
      title: words.unknown,
      about: [],
      verdict: report.files.length === 1 ? words.unknownFile : words.unknownFiles,
      next: ofReader(report.findings[0]?.remedy),
    };
  }
  const disk = image.virtual_size_bytes === null ? undefined : size(image.virtual_size_bytes);
  const variant = image.variant && image.variant !== 'plain' ? variantName(image.variant) : undefined;
  return {
    title: words.disk(disk, formatName(image.format), variant),
    about: [origin(report), inside(report)].filter((text) => text !== undefined),
    verdict: verdict(report),
    next: next(report),
  };
}

function origin({ image }: Report): string | undefined {
  if (!image) return undefined;
  const words = text().statement;
  if (image.producer && image.created_utc) return words.writtenAt(image.producer, date(image.created_utc));
  if (image.producer) return words.writtenBy(image.producer);
  return image.created_utc ? words.madeAt(date(image.created_utc)) : undefined;
}

function inside({ partitions }: Report): string | undefined {
  if (!partitions) return undefined;
  const words = text().statement;
  const { scheme, entries, volume } = partitions;
  if (volume) return words.oneVolume(volume.type, volume.label);
  if (scheme === 'none') return words.nothingInside;
  const parts = entries.filter(({ role }) => role === 'partition');
  if (parts.length === 0) return words.noPartitions(schemeName(scheme));
  const volumes = parts.map(({ volume, type_name, type_id }) => volume?.type ?? type_name ?? type_id);
  return words.partitions(parts.length, schemeName(scheme), volumes.length <= 4 ? volumes : []);
}

function verdict(report: Report): string {
  const words = text().statement;
  const errors = report.findings.filter(({ severity }) => severity === 'error').length;
  const warnings = report.findings.filter(({ severity }) => severity === 'warning').length;
  switch (report.verdict) {
    case 'damaged': {
      if (report.findings.every(({ id, severity }) => severity !== 'error' || id === UNREAD))
        return words.unread;
      return words.damaged(errors, warnings);
    }
    case 'incomplete':
      return words.incomplete(missing(report).map(baseName));
    case 'warnings':
      return words.warnings(warnings);
    case 'sound':
      return words.sound[report.coverage];
    case 'unrecognised':
      return words.unopened;
  }
}

function next(report: Report): Advice | undefined {
  const wanted = missing(report);
  if (wanted.length > 0) {
    const named = wanted.slice(0, 3).map(baseName);
    return { words: text().statement.drop(named, wanted.length - named.length), isReaders: false };
  }
  return ofReader(report.findings.find(({ severity }) => severity !== 'info')?.remedy);
}

function ofReader(words: string | undefined): Advice | undefined {
  return words === undefined ? undefined : { words, isReaders: true };
}

/** Names (or a description, where the image gives none) of the files that the image asks for and that were not given. */
export function missing({ image, chain }: Report): string[] {
  if (!image) return [];
  const words = text().statement;
  const names = new Set<string>();
  for (const { status, file } of image.extents) if (status === 'missing') names.add(file ?? words.otherParts);
  if (image.parent?.status === 'missing') names.add(image.parent.names[0] ?? words.itsParent);
  else if (chain.at(-1)?.status === 'missing') names.add(words.parentOf(chain.at(-1)?.key));
  return [...names];
}
