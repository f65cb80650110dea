import { type TemplateResult, html, nothing } from 'lit';
import { goToFinding, goToPlace, goToStructure } from '../actions.ts';
import type { ReportedFinding } from '../generated/types.ts';
import { text } from '../text/index.ts';
import { digits } from '../ui/format.ts';
import { icon } from '../ui/icons.ts';
import type { Severity } from './finding-groups.ts';

/** The sign of a severity, with its word for those who do not see it. */
export function severityIcon(severity: Severity): TemplateResult {
  return html`<span
    class="severity severity-${severity}"
    role="img"
    aria-label=${text().common.severities[severity]}
    >${icon(severity)}</span
  >`;
}

/** How often a finding occurs, where that is more than once. */
export function times({ count }: ReportedFinding): string {
  return count > 1 ? ` × ${digits(count)}` : '';
}

/** Findings in short, each a line that leads to the whole story and to its bytes. */
export function findingList(findings: readonly ReportedFinding[]): TemplateResult {
  return html`<ul class="finding-list">
    ${findings.map(findingLine)}
  </ul>`;
}

function findingLine(finding: ReportedFinding): TemplateResult {
  const { id, severity, title, detail } = finding;
  return html`<li data-finding=${id}>
    ${severityIcon(severity)}
    <div>
      <button
        class="finding-title"
        lang="en"
        @click=${() => {
          goToFinding(finding);
        }}
      >
        ${title}${times(finding)}
      </button>
      <p lang="en">${detail}</p>
    </div>
    ${whereButton(finding)}
  </li>`;
}

/** Leads from a finding to its bytes. */
function whereButton({ structure, field, places }: ReportedFinding): TemplateResult | typeof nothing {
  const [place] = places;
  if (!place && structure === null) return nothing;
  return html`<button
    class="button small"
    @click=${() => {
      if (structure !== null) goToStructure(structure, field ?? undefined);
      else if (place) goToPlace(place);
    }}
  >
    ${text().findings.show}
  </button>`;
}
