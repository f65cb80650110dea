/** Which rows of a table something is wrong with. */

import type { Place, ReportedFinding, TableRow } from '../generated/types.ts';

/** Findings are looked up by the stretch of a file that they lie in. */
const STRETCH = 4096;

/** Stretches that one place is looked up by at most: of what is longer, only its beginning. */
const MOST_STRETCHES = 64;

/** Where findings lie, for looking up those of a row. */
export class Faults {
  readonly #places = new Map<string, { place: Place; finding: ReportedFinding }[]>();

  constructor(findings: readonly ReportedFinding[]) {
    for (const finding of findings) {
      if (finding.severity === 'info') continue;
      for (const place of finding.places) {
        for (const key of keys(place)) {
          const known = this.#places.get(key);
          if (known) known.push({ place, finding });
          else this.#places.set(key, [{ place, finding }]);
        }
      }
    }
  }

  /** What is wrong with the bytes of a row's entry, the worst first. */
  of({ entry }: TableRow): readonly ReportedFinding[] {
    if (!entry || this.#places.size === 0) return [];
    const found = new Set<ReportedFinding>();
    for (const key of keys(entry)) {
      for (const { place, finding } of this.#places.get(key) ?? []) {
        if (
          place.offset < entry.offset + entry.length &&
          entry.offset < place.offset + Math.max(1, place.length)
        ) {
          found.add(finding);
        }
      }
    }
    return [...found].toSorted((a, b) => a.severity.localeCompare(b.severity));
  }
}

function keys({ file, offset, length }: Place): string[] {
  const first = Math.floor(offset / STRETCH);
  const last = Math.floor((offset + Math.max(1, length) - 1) / STRETCH);
  const count = Math.min(last - first + 1, MOST_STRETCHES);
  return Array.from({ length: count }, (_, nth) => `${String(first + nth)} ${file}`);
}
