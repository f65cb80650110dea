/** The answer in words: what the image is, who wrote it, whether it is whole, and what to do next. */

import type { Report } from '../generated/types.ts';
import { baseName, count, date, size } from '../ui/format.ts';
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
  next: string | undefined;
}

/** How a verdict is called in one word, or two. */
export const VERDICT_WORDS: Record<Report['verdict'], string> = {
  sound: 'Sound',
  warnings: 'Warnings',
  damaged: 'Damaged',
  incomplete: 'Incomplete',
  unrecognised: 'Unrecognised',
};

/** A format's name as people write it: short names are abbreviations, and `raw` is a word. */
export function formatName(format: string): string {
  return format === 'raw' ? 'raw' : format.toUpperCase();
}

export function statement(report: Report): Statement {
  const { image } = report;
  if (!image && report.findings.some(({ id }) => id === UNREAD)) {
    return {
      title: report.files.length === 1 ? 'The file could not be read' : 'Not all files could be read',
      about: [],
      verdict: 'The browser was not given its bytes, so nothing can be said of what is in it.',
      next: report.findings.find(({ id }) => id === UNREAD)?.remedy,
    };
  }
  if (!image) {
    return {
      title: 'Not a disk image that is known here',
      about: [],
      verdict:
        report.files.length === 1
          ? 'Nothing in this file is the mark of a known image format, a partition table or a volume.'
          : 'None of these files is a disk image, a partition table or a volume that is known here.',
      next: report.findings[0]?.remedy,
    };
  }
  const disk = image.virtual_size_bytes === null ? '' : `${size(image.virtual_size_bytes)} `;
  const variant = image.variant && image.variant !== 'plain' ? `, ${image.variant}` : '';
  return {
    title: `${disk}${formatName(image.format)} disk${variant}`,
    about: [origin(report), inside(report)].filter((text) => text !== undefined),
    verdict: verdict(report),
    next: next(report),
  };
}

function origin({ image }: Report): string | undefined {
  if (!image) return undefined;
  if (image.producer && image.created_utc) return `Written by ${image.producer}, ${date(image.created_utc)}.`;
  if (image.producer) return `Written by ${image.producer}.`;
  return image.created_utc ? `Made ${date(image.created_utc)}.` : undefined;
}

function inside({ partitions }: Report): string | undefined {
  if (!partitions) return undefined;
  const { scheme, entries, volume } = partitions;
  if (volume) {
    const label = volume.label ? ` “${volume.label}”` : '';
    return `Holds one ${volume.type} volume${label} and no partition table.`;
  }
  if (scheme === 'none') return 'Holds no partition table and no known volume.';
  const parts = entries.filter(({ role }) => role === 'partition');
  if (parts.length === 0) return `Holds an empty partition table (${schemeName(scheme)}).`;
  const volumes = parts.map(({ volume, type_name, type_id }) => volume?.type ?? type_name ?? type_id);
  const named = volumes.length <= 4 ? `: ${volumes.join(', ')}` : '';
  return `Holds ${count(parts.length, 'partition')} (${schemeName(scheme)})${named}.`;
}

const SOUND: Record<Report['coverage'], string> = {
  headers: 'Its headers are as they should be.',
  tables: 'It is whole: every header and every table entry is as it should be.',
  data: 'It is whole: every header, every table entry and the data are as they should be.',
};

function verdict(report: Report): string {
  const errors = report.findings.filter(({ severity }) => severity === 'error').length;
  const warnings = report.findings.filter(({ severity }) => severity === 'warning').length;
  switch (report.verdict) {
    case 'damaged': {
      if (report.findings.every(({ id, severity }) => severity !== 'error' || id === UNREAD))
        return 'Not all of it could be read, which is the fault of the file on its medium and not of the image in it.';
      const also = warnings > 0 ? `, and ${count(warnings, 'warning')}` : '';
      return `It is damaged: ${count(errors, 'error')}${also}. Everything that can still be read is shown.`;
    }
    case 'incomplete':
      return `It is not all here. Missing: ${missing(report).map(baseName).join(', ') || 'a part'}. What was given is read as far as it goes.`;
    case 'warnings':
      return `It can be read, but other programs may trip over it: ${count(warnings, 'warning')}.`;
    case 'sound':
      return SOUND[report.coverage];
    case 'unrecognised':
      return 'It could not be opened.';
  }
}

function next(report: Report): string | undefined {
  const wanted = missing(report);
  if (wanted.length > 0) {
    const names = wanted.slice(0, 3).map(baseName).join(', ');
    const more = wanted.length > 3 ? ` and ${String(wanted.length - 3)} more` : '';
    return `Drop ${names}${more} here too, anywhere in this window.`;
  }
  return report.findings.find(({ severity }) => severity !== 'info')?.remedy;
}

/** Names (or a description, where the image gives none) of the files that the image asks for and that were not given. */
export function missing({ image, chain }: Report): string[] {
  if (!image) return [];
  const names = new Set<string>();
  for (const { status, file } of image.extents)
    if (status === 'missing') names.add(file ?? 'the other parts');
  if (image.parent?.status === 'missing') names.add(image.parent.names[0] ?? 'its parent');
  else if (chain.at(-1)?.status === 'missing')
    names.add(`the parent of ${chain.at(-1)?.key ?? 'the last image'}`);
  return [...names];
}
