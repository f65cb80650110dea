/** The chain of images as it is drawn: stations from the top image down, and what joins each to its parent. */

import type { Candidate, ExtentStatus, File, Link, Report, Structure } from '../generated/types.ts';
import { nameOf, text } from '../text/index.ts';
import { baseName } from '../ui/format.ts';

/** One image of the chain. */
export interface Station {
  link: Link;
  file: File | undefined;
  isInspected: boolean;
  /** Whether it can be inspected in place of the one that is. */
  canInspect: boolean;
  /** What the image is put together from, where that is more than the one file. */
  parts: Part[];
  /** What joins it to its parent; nothing where it needs none. */
  joint: Joint | undefined;
}

/** An extent of an image, or another file that is a part of it. */
export interface Part {
  /** The name that the image gives; the name of the file where it gives none. */
  name: string | null;
  /** In the image's own words: `RW SPARSE`. */
  words: string;
  bytes: number | null;
  status: ExtentStatus;
  /** The supplied file. */
  file: File | undefined;
}

/** What joins an image to its parent. */
export interface Joint {
  status: Exclude<Link['status'], 'base'>;
  reason: string;
  /** The identity that the child expects. */
  expected: string | null;
  /** The identity of the image that has the name, where there is one. */
  found: string | null;
  /** The names that the child gives. */
  names: string[];
  candidates: Candidate[];
  /** The structures in which the child says so. */
  claims: Structure[];
  /** Whether the parent follows as a station of its own. */
  hasParent: boolean;
}

/** The stations of a report's chain, the inspected image first. */
export function stations(report: Report): Station[] {
  const { image } = report;
  if (!image) return [];
  const chain = report.chain.length > 0 ? report.chain : [alone(image)];
  return chain.map((link, at) => {
    const isInspected = link.key === image.key;
    return {
      link,
      file: report.files.find(({ name }) => name === link.key),
      isInspected,
      canInspect: !isInspected && report.images.some(({ key }) => key === link.key),
      parts: isInspected ? parts(report, chain.length > 1) : [],
      joint: joint(report, link, chain[at + 1]),
    };
  });
}

/** The images of the set that are no part of the chain. */
export function otherImages(report: Report): Report['images'] {
  const inChain = new Set([report.image?.key, ...report.chain.map(({ key }) => key)]);
  return report.images.filter(({ key }) => !inChain.has(key));
}

function alone({ key, format, variant, id, virtual_size_bytes }: NonNullable<Report['image']>): Link {
  return {
    key,
    format,
    variant,
    id,
    virtual_size_bytes,
    parent_id: null,
    parent_names: [],
    status: 'base',
    reason: '',
    candidates: [],
  };
}

function joint(report: Report, link: Link, parent: Link | undefined): Joint | undefined {
  const { status, reason, parent_id, parent_names, candidates } = link;
  if (status === 'base') return undefined;
  return {
    status,
    reason,
    expected: parent_id,
    found: parent?.id ?? candidates.find(({ by_name }) => by_name)?.id ?? null,
    names: parent_names,
    candidates,
    claims: claims(report.structures, link.key),
    hasParent: parent !== undefined,
  };
}

/** Structures of a file that speak of a parent: by their title or by one of their fields. */
function claims(structures: readonly Structure[], file: string): Structure[] {
  const speaking = structures.filter(
    (structure) =>
      structure.file === file && (/parent/i.test(structure.title) || parentField(structure) !== undefined),
  );
  // What is two levels inside of what speaks already only says it again.
  const byKey = new Map(speaking.map((structure) => [structure.key, structure]));
  return speaking.filter(({ parent }) => !byKey.has(byKey.get(parent ?? '')?.parent ?? ''));
}

/** The field of a structure that speaks of a parent, an identity before anything else. */
export function parentField({ fields }: Structure): string | undefined {
  const speaking = fields.filter(({ name, value }) => /parent/i.test(name) && value !== '');
  return (speaking.find(({ name }) => /c?id$/i.test(name)) ?? speaking[0])?.name;
}

function parts(report: Report, hasParents: boolean): Part[] {
  const { image, files } = report;
  if (!image) return [];
  const taken = new Set<File>();
  const named = image.extents.map(({ file: name, access, type, sectors, status }): Part => {
    const file = name === null ? undefined : fileOf(files, name, image.key);
    if (file) taken.add(file);
    return { name, words: `${access} ${type}`, bytes: sectors === null ? null : sectors * 512, status, file };
  });
  // An image that consists of its own file and nothing else has no parts worth drawing.
  if (named.every(({ file, status }) => file?.name === image.key && status === 'found')) named.length = 0;
  // Files of a longer chain may belong to any of its images.
  const others = hasParents
    ? []
    : files.filter((file) => isPart(file) && file.name !== image.key && !taken.has(file));
  return [
    ...named,
    ...others.map((file): Part => {
      const words = nameOf(text().common.roles, file.role);
      return { name: file.name, words, bytes: file.size, status: 'found', file };
    }),
  ];
}

function isPart({ role }: File): boolean {
  return role === 'extent' || role === 'descriptor' || role === 'data-file';
}

/** The supplied file that an image of that key means by a name: the one beside it before any other. */
function fileOf(files: readonly File[], name: string, key: string): File | undefined {
  const wanted = baseName(name).toLowerCase();
  const fitting = files.filter((file) => baseName(file.name).toLowerCase() === wanted);
  const folder = key.slice(0, key.length - baseName(key).length);
  return fitting.find((file) => file.name === folder + baseName(file.name)) ?? fitting[0];
}
