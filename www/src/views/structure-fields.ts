import { type TemplateResult, html, nothing } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { goToStructure } from '../actions.ts';
import type { FieldValue, ReportedFinding, Structure } from '../generated/types.ts';
import { text } from '../text/index.ts';
import { hex, size } from '../ui/format.ts';
import { TINTS } from '../ui/hex-runs.ts';
import { prose } from '../ui/prose.ts';
import { severityIcon } from './finding-line.ts';

/** The fields of a structure, as its view keeps them. */
export interface FieldList {
  structure: Structure;
  /** What is wrong with the structure. */
  findings: readonly ReportedFinding[];
  /** Name of the chosen field. */
  selected: string | undefined;
  /** Name of the field under the pointer. */
  hovered: string | undefined;
  hover: (field: string | undefined) => void;
  /** Shows another field and gives it the keyboard. */
  moveTo: (field: string) => void;
}

/** The fields in the order of their bytes; the chosen one with its whole story. */
export function fieldList(list: FieldList): TemplateResult {
  const { structure, selected } = list;
  return html`<div
    class="fields"
    role="grid"
    aria-label=${text().structures.fields}
    @keydown=${(event: KeyboardEvent) => {
      onKey(event, list);
    }}
  >
    ${structure.fields.map((field, index) =>
      fieldRow(list, field, index, selected === undefined ? index === 0 : field.name === selected),
    )}
  </div>`;
}

function fieldRow(list: FieldList, field: FieldValue, index: number, isFocusable: boolean): TemplateResult {
  const { structure, findings, selected, hovered, hover } = list;
  const isSelected = field.name === selected;
  const finding = findings.find((finding) => finding.field === field.name);
  return html`<div
    class=${classMap({ field: true, hovered: field.name === hovered, [`tint-${String(index % TINTS)}`]: true })}
    role="row"
    data-field=${field.name}
    aria-selected=${isSelected}
    tabindex=${isFocusable ? 0 : -1}
    @click=${() => {
      if (getSelection()?.isCollapsed !== false)
        goToStructure(structure.key, isSelected ? undefined : field.name);
    }}
    @pointerenter=${() => {
      hover(field.name);
    }}
    @pointerleave=${() => {
      hover(undefined);
    }}
  >
    <span class="field-offset" role="gridcell">${hex(field.offset, 3)}</span>
    <span class="field-name" role="rowheader">${field.name}</span>
    <span class="field-value" role="gridcell"
      >${finding ? severityIcon(finding.severity) : nothing}${field.display ? html`<span lang="en">${field.display}</span>` : html`<i class="empty">${text().structures.empty}</i>`}</span
    >
    ${isSelected ? more(structure, field, finding) : nothing}
  </div>`;
}

function more(structure: Structure, field: FieldValue, finding: ReportedFinding | undefined): TemplateResult {
  const words = text().structures;
  return html`<div class="field-more" role="gridcell">
    <p lang="en">${prose(field.meaning)}</p>
    <dl>
      <div>
        <dt>${words.type}</dt>
        <dd><code>${field.type}</code>, ${size(field.length)}</dd>
      </div>
      <div>
        <dt>${words.offset}</dt>
        <dd><code>${hex((structure.offset ?? 0) + field.offset)}</code> ${words.inTheFile}</dd>
      </div>
      ${
        field.value === field.display
          ? nothing
          : html`<div>
              <dt>${words.value}</dt>
              <dd><code>${field.value}</code></dd>
            </div>`
      }
    </dl>
    ${finding ? html`<p class="field-finding">${severityIcon(finding.severity)} <span lang="en">${finding.detail}</span></p>` : nothing}
  </div>`;
}

function onKey(event: KeyboardEvent, { structure, moveTo }: FieldList): void {
  const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-field]') : null;
  if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
  const { fields } = structure;
  const index = fields.findIndex(({ name }) => name === row.dataset['field']);
  const isSelected = row.getAttribute('aria-selected') === 'true';
  const to: Record<string, number> = {
    ArrowDown: index + 1,
    ArrowUp: index - 1,
    Home: 0,
    End: fields.length - 1,
    Enter: index,
    ' ': index,
  };
  const next = to[event.key];
  if (next === undefined) return;
  event.preventDefault();
  const field = fields[next];
  if (field && !(next === index && isSelected)) moveTo(field.name);
}
