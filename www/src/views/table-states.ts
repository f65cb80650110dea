import type { Source } from '../generated/types.ts';

/** The states of a table's entries are words of its format; known ones have a colour of their own. */
const KINDS: Record<string, string> = {
  allocated: 'data',
  compressed: 'data',
  unallocated: 'none',
  absent: 'none',
  zero: 'zero',
  parent: 'parent',
  partial: 'parent',
};

/** The class that colours an entry of that state. A word that is not known here is a fault in the table. */
export function stateClass(state: string): string {
  return `state-${KINDS[state] ?? 'fault'}`;
}

const SOURCES: Record<Source, string> = {
  data: 'data',
  compressed: 'data',
  zero: 'zero',
  absent: 'missing',
  invalid: 'fault',
};

/** The class that colours what a stretch of the guest's disk is made of. */
export function sourceClass(source: Source): string {
  return `state-${SOURCES[source]}`;
}
