import { nameOf, text } from '../text/index.ts';

/** A scheme of partitions as people write it; a word that is not known here as the report has it. */
export function schemeName(scheme: string): string {
  return nameOf(text().disk.schemes, scheme);
}
