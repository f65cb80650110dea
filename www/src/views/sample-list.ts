/** The gallery in order: what is searched for, by format, the main samples before those that show one finding. */

import { type Address, encode } from '../address.ts';
import type { SampleInfo } from '../generated/types.ts';
import { hasWords } from '../ui/match.ts';

/** The samples of one format. */
export interface SampleGroup {
  format: string;
  main: SampleInfo[];
  others: SampleInfo[];
}

/** The samples in which every word occurs: in their names, what they are about, or the findings that they show. */
export function findSamples(samples: readonly SampleInfo[], find: string): readonly SampleInfo[] {
  return samples.filter(({ name, title, about, format, variant, shows }) =>
    hasWords(find, [name, title, about, format, variant, ...shows]),
  );
}

/** The samples by format, in the order in which formats first occur; healthy ones first. */
export function groupSamples(samples: readonly SampleInfo[]): SampleGroup[] {
  const groups = new Map<string, SampleGroup>();
  for (const sample of samples) {
    const group = groups.get(sample.format) ?? { format: sample.format, main: [], others: [] };
    (sample.main ? group.main : group.others).push(sample);
    groups.set(sample.format, group);
  }
  for (const { main } of groups.values()) main.sort((a, b) => Number(b.healthy) - Number(a.healthy));
  return [...groups.values()];
}

/** The samples that are there to show a finding, small ones first: they have nothing else to see. */
export function samplesOf(samples: readonly SampleInfo[], finding: string): SampleInfo[] {
  return samples
    .filter(({ shows }) => shows.includes(finding))
    .toSorted((a, b) => Number(a.main) - Number(b.main));
}

/** The address of the page with a sample open, and there the place `at`. */
export function sampleLink(name: string, at?: Address): string {
  const query = new URLSearchParams({ sample: name }).toString();
  return at ? `?${query}#${encode(at)}` : `?${query}`;
}
