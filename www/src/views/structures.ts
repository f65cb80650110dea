import { LitElement, type PropertyValues, type TemplateResult, html, nothing } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { fieldPlace, go, goToStructure } from '../actions.ts';
import type { Address } from '../address.ts';
import type { File, Place, Report, Structure } from '../generated/types.ts';
import '../ui/divider.ts';
import { baseName, digits, hex, size } from '../ui/format.ts';
import { placeText } from '../ui/hex-pane.ts';
import { TINTS } from '../ui/hex-runs.ts';
import { icon } from '../ui/icons.ts';
import { type Line, visibleLines } from '../ui/tree.ts';
import { severityIcon } from './finding-line.ts';

/** A structure with more children than this starts closed. */
const MANY_CHILDREN = 40;

/** Tree, fields and bytes, side by side: what is chosen or pointed at in one shows in the others. */
export class Structures extends LitElement {
  static override properties = {
    report: { attribute: false },
    at: { attribute: false },
    hovered: { state: true },
    closed: { state: true },
  };

  declare report: Report;
  declare at: Address;
  /** Name of the field under the pointer. */
  declare hovered: string | undefined;
  declare closed: ReadonlySet<string>;

  /** The list that has the keyboard, while what it selects is about to be drawn. */
  #focusNext: '.tree' | '.fields' | undefined;

  constructor() {
    super();
    this.closed = new Set();
  }

  protected override createRenderRoot(): this {
    return this;
  }

  get #structure(): Structure | undefined {
    const { structures } = this.report;
    return (
      structures.find(({ key }) => key === this.at.structure) ?? (this.at.file ? undefined : structures[0])
    );
  }

  get #file(): File | undefined {
    const { files, image } = this.report;
    const name = this.at.file ?? this.#structure?.file ?? image?.key;
    return files.find((file) => file.name === name) ?? files[0];
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('report');
    if (changed.has('report') && before?.image?.key !== this.report.image?.key) {
      this.closed = closedAtFirst(this.report.structures);
    }
    if (changed.has('at')) this.hovered = undefined;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has('at')) return;
    for (const list of ['.tree', '.fields'] as const) {
      this.querySelector(`${list} [aria-selected="true"]`)?.scrollIntoView({ block: 'nearest' });
      if (list === this.#focusNext) this.querySelector<HTMLElement>(`${list} [tabindex="0"]`)?.focus();
    }
    this.#focusNext = undefined;
  }

  protected override render(): TemplateResult {
    const structure = this.#structure;
    return html`<h1 class="unseen">Structures</h1>
      <div class="panes structure-panes">
        <section class="pane tree-pane" aria-label="Structures">${this.#tree(structure)}</section>
        <dg-divider name="tree" aria-label="Width of the tree"></dg-divider>
        <section class="pane field-pane" aria-label="Fields">
          ${structure ? this.#details(structure) : html`<p class="calm">No structure lies here.</p>`}
        </section>
        <dg-divider name="hex" toward="after" aria-label="Width of the bytes"></dg-divider>
        <section class="pane hex-pane" aria-label="Bytes">${this.#bytes(structure)}</section>
      </div>`;
  }

  #tree(selected: Structure | undefined): TemplateResult {
    const lines = visibleLines(this.report.structures, this.closed);
    if (lines.length === 0) return html`<p class="calm">There is no structure to show.</p>`;
    const focused = lines.some(({ node }) => node === selected) ? selected?.key : lines[0]?.node.key;
    return html`<ul
      class="tree"
      role="tree"
      aria-label="Structures"
      @keydown=${(event: KeyboardEvent) => {
        this.#onTreeKey(event, lines);
      }}
    >
      ${lines.map((line) => this.#treeLine(line, line.node === selected, line.node.key === focused))}
    </ul>`;
  }

  #treeLine(line: Line<Structure>, isSelected: boolean, isFocusable: boolean): TemplateResult {
    const { node, level, hasChildren, isOpen } = line;
    const worst = this.#worst(node.key);
    return html`<li
      role="treeitem"
      class=${classMap({ [`state-${node.state}`]: true, [`role-${node.role}`]: true })}
      .style=${`--level:${String(level - 1)}`}
      data-structure=${node.key}
      aria-level=${level}
      aria-selected=${isSelected}
      aria-expanded=${hasChildren ? isOpen : nothing}
      tabindex=${isFocusable ? 0 : -1}
      @click=${() => {
        goToStructure(node.key);
      }}
    >
      <span
        class="twisty"
        aria-hidden="true"
        @click=${(event: Event) => {
          if (!hasChildren) return;
          event.stopPropagation();
          this.#setOpen(node.key, !isOpen);
        }}
        >${hasChildren ? icon('twisty') : nothing}</span
      >
      <span class="tree-title" title=${node.title}>${node.title}</span>
      ${badges(node, worst !== undefined)} ${worst ? severityIcon(worst) : nothing}
      <span class="tree-offset">${node.offset === null ? '' : hex(node.offset)}</span>
    </li>`;
  }

  #worst(structure: string): 'error' | 'warning' | undefined {
    let worst: 'error' | 'warning' | undefined;
    for (const finding of this.report.findings) {
      if (finding.structure !== structure || finding.severity === 'info') continue;
      if (finding.severity === 'error') return 'error';
      worst = 'warning';
    }
    return worst;
  }

  #setOpen(key: string, isOpen: boolean): void {
    const closed = new Set(this.closed);
    if (isOpen) closed.delete(key);
    else closed.add(key);
    this.closed = closed;
  }

  #onTreeKey(event: KeyboardEvent, lines: readonly Line<Structure>[]): void {
    const item =
      event.target instanceof Element ? event.target.closest<HTMLElement>('[data-structure]') : null;
    const index = lines.findIndex(({ node }) => node.key === item?.dataset['structure']);
    const line = lines[index];
    if (!line || event.altKey || event.ctrlKey || event.metaKey) return;
    const goTo = (other: string | undefined) => {
      if (other === undefined) return;
      this.#focusNext = '.tree';
      goToStructure(other);
    };
    switch (event.key) {
      case 'ArrowDown':
        goTo(lines[index + 1]?.node.key);
        break;
      case 'ArrowUp':
        goTo(lines[index - 1]?.node.key);
        break;
      case 'Home':
        goTo(lines[0]?.node.key);
        break;
      case 'End':
        goTo(lines.at(-1)?.node.key);
        break;
      case 'ArrowRight':
        if (line.hasChildren && !line.isOpen) this.#setOpen(line.node.key, true);
        else if (line.isOpen) goTo(lines[index + 1]?.node.key);
        break;
      case 'ArrowLeft':
        if (line.isOpen) this.#setOpen(line.node.key, false);
        else goTo(line.parent);
        break;
      default:
        return;
    }
    event.preventDefault();
  }

  #details(structure: Structure): TemplateResult {
    const { title, note, file, offset, length, table, state } = structure;
    const findings = this.report.findings.filter((finding) => finding.structure === structure.key);
    const place =
      file === null || offset === null
        ? STATE_WORDS[state]
        : `${placeText(offset, length ?? undefined)} of ${baseName(file)}`;
    return html`
      <header class="pane-head">
        <h2>${title} ${badges(structure)}</h2>
        <p class="place">${place}</p>
        ${note ? html`<p class="about">${note}</p>` : nothing}
        ${
          table === null
            ? nothing
            : html`<p>
                <button
                  class="button small"
                  @click=${() => {
                    go({ view: 'tables', table, row: undefined });
                  }}
                >
                  Show its entries
                </button>
              </p>`
        }
        ${
          findings.length > 0
            ? html`<ul class="structure-findings">
                ${findings.map(
                  ({ id, severity, title }) =>
                    html`<li>
                      ${severityIcon(severity)}<button
                        class="link"
                        @click=${() => {
                          go({ view: 'findings', finding: id });
                        }}
                      >
                        ${title}
                      </button>
                    </li>`,
                )}
              </ul>`
            : nothing
        }
      </header>
      ${structure.fields.length === 0 ? nothing : this.#fields(structure)}
    `;
  }

  #fields(structure: Structure): TemplateResult {
    return html`<div
      class="fields"
      role="grid"
      aria-label=${`Fields of ${structure.title}`}
      @keydown=${this.#onFieldKey}
    >
      ${structure.fields.map((field, index) => {
        const isSelected = field.name === this.at.field;
        const finding = this.report.findings.find(
          (finding) => finding.structure === structure.key && finding.field === field.name,
        );
        const isFocusable = this.at.field === undefined ? index === 0 : isSelected;
        return html`<div
          class=${classMap({ field: true, hovered: field.name === this.hovered, [`tint-${String(index % TINTS)}`]: true })}
          role="row"
          data-field=${field.name}
          aria-selected=${isSelected}
          tabindex=${isFocusable ? 0 : -1}
          @click=${() => {
            if (getSelection()?.isCollapsed !== false)
              goToStructure(structure.key, isSelected ? undefined : field.name);
          }}
          @pointerenter=${() => {
            this.hovered = field.name;
          }}
          @pointerleave=${() => {
            this.hovered = undefined;
          }}
        >
          <span class="field-offset" role="gridcell">${hex(field.offset, 3)}</span>
          <span class="field-name" role="rowheader">${field.name}</span>
          <span class="field-value" role="gridcell"
            >${finding ? severityIcon(finding.severity) : nothing}${field.display || html`<i class="empty">empty</i>`}</span
          >
          ${
            isSelected
              ? html`<div class="field-more" role="gridcell">
                  <p>${field.meaning}</p>
                  <dl>
                    <div>
                      <dt>Type</dt>
                      <dd><code>${field.type}</code>, ${size(field.length)}</dd>
                    </div>
                    <div>
                      <dt>Offset</dt>
                      <dd><code>${hex((structure.offset ?? 0) + field.offset)}</code> in the file</dd>
                    </div>
                    ${
                      field.value === field.display
                        ? nothing
                        : html`<div>
                            <dt>Value</dt>
                            <dd><code>${field.value}</code></dd>
                          </div>`
                    }
                  </dl>
                  ${finding ? html`<p class="field-finding">${severityIcon(finding.severity)} ${finding.detail}</p>` : nothing}
                </div>`
              : nothing
          }
        </div>`;
      })}
    </div>`;
  }

  readonly #onFieldKey = (event: KeyboardEvent): void => {
    const structure = this.#structure;
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-field]') : null;
    if (!structure || !row || event.altKey || event.ctrlKey || event.metaKey) return;
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
    if (!field || (next === index && isSelected)) return;
    this.#focusNext = '.fields';
    goToStructure(structure.key, field.name);
  };

  /** The bytes that are pointed at: those of the address, or else those of what is selected. */
  #place(structure: Structure | undefined, file: File): Place {
    const { offset, length } = this.at;
    if (this.at.file === file.name && offset !== undefined)
      return { file: file.name, offset, length: length ?? 1 };
    const place = structure && fieldPlace(structure, this.at.field);
    return place?.file === file.name ? place : { file: file.name, offset: 0, length: 1 };
  }

  #bytes(structure: Structure | undefined): TemplateResult {
    const file = this.#file;
    if (!file) return html`<p class="calm">There is no file to show.</p>`;
    const { at } = this;
    const place = this.#place(structure, file);
    const isWhole = at.field === undefined && place.offset === structure?.offset && place.length !== 1;
    return html`
      <header class="pane-head hex-bar">
        ${
          this.report.files.length > 1
            ? html`<select
                aria-label="File whose bytes are shown"
                @change=${(event: Event) => {
                  if (event.target instanceof HTMLSelectElement) {
                    go({
                      file: event.target.value,
                      offset: 0,
                      length: 1,
                      structure: undefined,
                      field: undefined,
                    });
                  }
                }}
              >
                ${this.report.files.map(({ name }) => html`<option value=${name} ?selected=${name === file.name}>${name}</option>`)}
              </select>`
            : html`<b title=${file.name}>${baseName(file.name)}</b>`
        }
        <span class="place"
          >${file.size === null ? '' : `${size(file.size)} · ${digits(file.size)} bytes`}</span
        >
      </header>
      <dg-hex
        .file=${file}
        .structure=${structure}
        .offset=${place.offset}
        .length=${place.length}
        .marked=${!isWhole}
        .hovered=${this.hovered}
        @field-hover=${(event: CustomEvent<string | undefined>) => {
          this.hovered = event.detail;
        }}
      ></dg-hex>
    `;
  }
}

const STATE_WORDS: Record<Structure['state'], string> = {
  ok: 'Its bytes do not lie in one of the files.',
  damaged: 'It is damaged and has no place in a file.',
  truncated: 'The file ends before it.',
  absent: 'It should be there and is not.',
};

/** Which copy it is and what became of it, where that is not the usual and a sign beside it does not say so already. */
function badges({ role, state }: Structure, hasSign = false): TemplateResult {
  const isSaid = state === 'ok' || (state === 'damaged' && hasSign);
  return html`${role === 'primary' ? nothing : html`<span class="badge">${role}</span>`}${
    isSaid ? nothing : html`<span class="badge badge-${state}">${state}</span>`
  }`;
}

function closedAtFirst(structures: readonly Structure[]): Set<string> {
  const children = new Map<string, number>();
  for (const { parent } of structures) {
    if (parent !== null) children.set(parent, (children.get(parent) ?? 0) + 1);
  }
  return new Set([...children].filter(([, count]) => count > MANY_CHILDREN).map(([key]) => key));
}

customElements.define('dg-structures', Structures);
