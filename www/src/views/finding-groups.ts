/** Which findings are shown, and in which groups. */

import type { Address } from '../address.ts';
import type { Layer, ReportedFinding } from '../generated/types.ts';
import { text } from '../text/index.ts';
import { hasWords } from '../ui/match.ts';

export type Severity = ReportedFinding['severity'];

/** The severities, worst first. */
export const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info'];

/** The severities that an address names, worst first. */
export function severitiesOf(only: string | undefined): Severity[] {
  const named = (only ?? '').split(',');
  return SEVERITIES.filter((severity) => named.includes(severity));
}

/** The same with a severity more, or with one less where it was there. */
export function withSeverity(only: string | undefined, severity: Severity): string | undefined {
  const before = severitiesOf(only);
  const after = SEVERITIES.filter((other) => before.includes(other) !== (other === severity));
  return after.length > 0 ? after.join(',') : undefined;
}

/** The findings of the severities and with the words that an address asks for, and the one that is looked at. */
export function shownFindings(
  findings: readonly ReportedFinding[],
  { only, seek = '', finding }: Pick<Address, 'only' | 'seek' | 'finding'>,
): readonly ReportedFinding[] {
  const severities = severitiesOf(only);
  return findings.filter(
    ({ id, severity, layer, title, detail, remedy }) =>
      id === finding ||
      ((severities.length === 0 || severities.includes(severity)) &&
        hasWords(seek, [id, layer, title, detail, remedy])),
  );
}

/** Findings that are about the same. */
export interface FindingGroup {
  layer: Layer;
  title: string;
  findings: ReportedFinding[];
}

/** The findings by what they are about: the group with the worst first, and in it the worst first. */
export function groupFindings(findings: readonly ReportedFinding[]): FindingGroup[] {
  const groups = new Map<Layer, FindingGroup>();
  for (const finding of findings.toSorted(
    (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity),
  )) {
    const { layer } = finding;
    const group = groups.get(layer) ?? { layer, title: text().findings.layers[layer], findings: [] };
    groups.set(layer, group);
    group.findings.push(finding);
  }
  return [...groups.values()];
}
