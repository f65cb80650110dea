import { type TemplateResult, html } from 'lit';
import type { ReportedFinding } from '../generated/types.ts';
import { digits } from '../ui/format.ts';
import { icon } from '../ui/icons.ts';

export type Severity = ReportedFinding['severity'];

/** The severities, worst first. */
export const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info'];

/** How a group of findings of one severity is called. */
export const SEVERITY_WORDS: Record<Severity, string> = {
  error: 'Errors',
  warning: 'Warnings',
  info: 'Worth knowing',
};

/** The sign of a severity, with its word for those who do not see it. */
export function severityIcon(severity: Severity): TemplateResult {
  return html`<span class="severity severity-${severity}" role="img" aria-label=${severity}
    >${icon(severity)}</span
  >`;
}

/** How often a finding occurs, where that is more than once. */
export function times({ count }: ReportedFinding): string {
  return count > 1 ? ` × ${digits(count)}` : '';
}
