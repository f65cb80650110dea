import { LitElement, type PropertyValues, type TemplateResult, html, nothing } from 'lit';
import { go, goToFinding, goToStructure, goToWhereabouts } from '../actions.ts';
import type { Address } from '../address.ts';
import type { File, Place, Report, ReportedFinding, Structure } from '../generated/types.ts';
import { fieldPlace } from '../selection.ts';
import { text } from '../text/index.ts';
import '../ui/divider.ts';
import { baseName, hex, size } from '../ui/format.ts';
import { placeText } from '../ui/hex-pane.ts';
import { icon } from '../ui/icons.ts';
import { severityIcon } from './finding-line.ts';
import { fieldList } from './structure-fields.ts';
import { badges, closedAtFirst, structureTree } from './structure-tree.ts';

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
    const words = text().structures;
    return html`<h1 class="unseen">${words.title}</h1>
      <div class="panes structure-panes">
        <section class="pane tree-pane" aria-label=${words.title}>${this.#tree(structure)}</section>
        <dg-divider name="tree" aria-label=${words.treeWidth}></dg-divider>
        <section class="pane field-pane" aria-label=${words.fields}>
          ${structure ? this.#details(structure) : html`<p class="calm">${words.noneHere}</p>`}
        </section>
        <dg-divider name="hex" toward="after" aria-label=${words.bytesWidth}></dg-divider>
        <section class="pane hex-pane" aria-label=${words.bytes}>${this.#bytes(structure)}</section>
      </div>`;
  }

  #setOpen(key: string, isOpen: boolean): void {
    const closed = new Set(this.closed);
    if (isOpen) closed.delete(key);
    else closed.add(key);
    this.closed = closed;
  }

  #tree(selected: Structure | undefined): TemplateResult {
    return structureTree({
      report: this.report,
      selected,
      closed: this.closed,
      setOpen: (key, isOpen) => {
        this.#setOpen(key, isOpen);
      },
      moveTo: (key) => {
        this.#focusNext = '.tree';
        goToStructure(key);
      },
    });
  }

  #details(structure: Structure): TemplateResult {
    const { title, note, file, offset, length, table, state } = structure;
    const words = text();
    const findings = this.report.findings.filter((finding) => finding.structure === structure.key);
    const place =
      file === null || offset === null
        ? words.structures.states[state]
        : words.translate.placeIn(placeText(offset, length ?? undefined), baseName(file));
    return html`
      <header class="pane-head">
        <h2><span lang="en">${title}</span> ${badges(structure)}</h2>
        <p class="place">${place}</p>
        ${note ? html`<p class="about" lang="en">${note}</p>` : nothing}
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
                  ${words.structures.showEntries}
                </button>
              </p>`
        }
        ${
          findings.length > 0
            ? html`<ul class="structure-findings">
                ${findings.map(
                  (finding) =>
                    html`<li>
                      ${severityIcon(finding.severity)}<button
                        class="link"
                        lang="en"
                        @click=${() => {
                          goToFinding(finding);
                        }}
                      >
                        ${finding.title}
                      </button>
                    </li>`,
                )}
              </ul>`
            : nothing
        }
      </header>
      ${structure.fields.length === 0 ? nothing : this.#fields(structure, findings)}
    `;
  }

  #fields(structure: Structure, findings: readonly ReportedFinding[]): TemplateResult {
    return fieldList({
      structure,
      findings,
      selected: this.at.field,
      hovered: this.hovered,
      hover: (field) => {
        this.hovered = field;
      },
      moveTo: (field) => {
        this.#focusNext = '.fields';
        goToStructure(structure.key, field);
      },
    });
  }

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
    if (!file) return html`<p class="calm">${text().hex.noFile}</p>`;
    const { at } = this;
    const place = this.#place(structure, file);
    const isWhole = at.field === undefined && place.offset === structure?.offset && place.length !== 1;
    return html`
      <header class="pane-head hex-bar">
        ${
          this.report.files.length > 1
            ? html`<select
                aria-label=${text().hex.file}
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
          >${file.size === null ? '' : `${size(file.size)} · ${text().structures.fileBytes(file.size)}`}</span
        >
        <button
          class="link"
          data-action="translate"
          title=${text().structures.liesAt(hex(place.offset))}
          @click=${() => {
            goToWhereabouts(place);
          }}
        >
          ${icon('translate')}${text().hex.liesHere}
        </button>
      </header>
      <dg-hex
        .file=${file}
        .structure=${structure}
        .offset=${place.offset}
        .length=${place.length}
        .marked=${!isWhole}
        .hasCursor=${true}
        .hovered=${this.hovered}
        @field-hover=${(event: CustomEvent<string | undefined>) => {
          this.hovered = event.detail;
        }}
      ></dg-hex>
    `;
  }
}

customElements.define('dg-structures', Structures);
