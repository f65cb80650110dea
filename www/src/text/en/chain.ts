import { type TemplateResult, html } from 'lit';
import { count, digits } from '../../ui/format.ts';

/** The image and those it stands on. */
export const chain = {
  none: 'There is no image, and so no chain of images.',
  findings: 'Findings about the chain',
  withoutEnd: 'A chain without its end',
  breaksOff: 'A chain that breaks off',
  lacksPart: 'An image that lacks a part',
  chainOf: (number: number) => `A chain of ${count(number, 'image')}`,
  alone: 'An image that stands alone',
  topmost: 'The guest reads each place from the topmost image that holds it.',
  needsNone: 'It needs no other image beneath it.',
  inspected: 'inspected',
  disk: 'Disk',
  file: 'File',
  identity: 'Identity',
  parts: 'Parts',
  partCount: (number: number) => count(number, 'part'),
  allFound: 'all found',
  someFound: (number: number) => `${digits(number)} found`,
  moreParts: (number: number) => count(number, 'more part'),
  dropParts: (number: number) =>
    `Drop ${number === 1 ? 'the missing part' : 'the missing parts'} anywhere in this window.`,
  noName: 'no name',
  expected: 'expected',
  found: 'found',
  parentNames: 'Names that it gives for its parent',
  candidates: 'Files that could be it',
  nameFits: 'Name fits',
  identityFits: 'Identity fits',
  noIdentity: 'none',
  yes: 'yes',
  no: 'no',
  claims: 'Where it says so',
  missingTitle: (name: string | undefined) => `${name ?? 'The parent'} is not here`,
  missingAdvice: (name: string | undefined): TemplateResult =>
    html`Drop ${name === undefined ? 'it' : html`<b>${name}</b>`} anywhere in this window, and the chain goes
    on here.`,
  mismatchedTitle: 'The right parent is not here',
  mismatchedAdvice:
    'What has its name has another identity. Drop the image that has the expected one anywhere in this window.',
  ambiguousTitle: 'The parent is not settled',
  ambiguousAdvice: 'Leave only the right one in the set, or give the files in their own folders.',
  others: 'Other images in this set',
  /** What came of looking for a parent. */
  links: {
    base: 'needs no parent',
    matches: 'parent matches',
    mismatched: 'parent is another one',
    missing: 'parent is missing',
    ambiguous: 'several files could be the parent',
  },
  /** Whether a part was given. */
  extents: {
    found: 'found',
    missing: 'missing',
    ambiguous: 'several files fit',
    mismatched: 'not what was expected',
    'not-needed': 'needs no file',
    external: 'outside the set',
  },
};
