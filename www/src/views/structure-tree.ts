import { type TemplateResult, html, nothing } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { goToStructure } from '../actions.ts';
import type { Report, Structure } from '../generated/types.ts';
import { text } from '../text/index.ts';
import { hex } from '../ui/format.ts';
import { icon } from '../ui/icons.ts';
import { type Line, visibleLines } from '../ui/tree.ts';
import { severityIcon } from './finding-line.ts';

/** A structure with more children than this starts closed. */
const MANY_CHILDREN = 40;

/** The tree of structures, as its view keeps it. */
export interface Tree {
  report: Report;
  selected: Structure | undefined;
  /** Keys of the structures whose children are hidden. */
  closed: ReadonlySet<string>;
  setOpen: (key: string, isOpen: boolean) => void;
  /** Shows another structure and gives it the keyboard. */
  moveTo: (key: string) => void;
}

/** Every structure in a line, what it consists of below it. */
export function structureTree(tree: Tree): TemplateResult {
  const { selected } = tree;
  const lines = visibleLines(tree.report.structures, tree.closed);
  if (lines.length === 0) return html`<p class="calm">${text().structures.none}</p>`;
  const focused = lines.some(({ node }) => node === selected) ? selected?.key : lines[0]?.node.key;
  return html`<ul
    class="tree"
    role="tree"
    aria-label=${text().structures.title}
    @keydown=${(event: KeyboardEvent) => {
      onKey(event, tree, lines);
    }}
  >
    ${lines.map((line) => treeLine(tree, line, line.node.key === focused))}
  </ul>`;
}

function treeLine(
  { report, selected, setOpen }: Tree,
  line: Line<Structure>,
  isFocusable: boolean,
): TemplateResult {
  const { node, level, hasChildren, isOpen } = line;
  const worst = worstOf(report, node.key);
  return html`<li
    role="treeitem"
    class=${classMap({ [`state-${node.state}`]: true, [`role-${node.role}`]: true })}
    .style=${`--level:${String(level - 1)}`}
    data-structure=${node.key}
    aria-level=${level}
    aria-selected=${node === selected}
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
        setOpen(node.key, !isOpen);
      }}
      >${hasChildren ? icon('twisty') : nothing}</span
    >
    <span class="tree-title" lang="en" title=${node.title}>${node.title}</span>
    ${badges(node, worst !== undefined)} ${worst ? severityIcon(worst) : nothing}
    <span class="tree-offset">${node.offset === null ? '' : hex(node.offset)}</span>
  </li>`;
}

function worstOf({ findings }: Report, structure: string): 'error' | 'warning' | undefined {
  let worst: 'error' | 'warning' | undefined;
  for (const finding of findings) {
    if (finding.structure !== structure || finding.severity === 'info') continue;
    if (finding.severity === 'error') return 'error';
    worst = 'warning';
  }
  return worst;
}

function onKey(event: KeyboardEvent, { setOpen, moveTo }: Tree, lines: readonly Line<Structure>[]): void {
  const item = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-structure]') : null;
  const index = lines.findIndex(({ node }) => node.key === item?.dataset['structure']);
  const line = lines[index];
  if (!line || event.altKey || event.ctrlKey || event.metaKey) return;
  const goTo = (other: string | undefined) => {
    if (other !== undefined) moveTo(other);
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
      if (line.hasChildren && !line.isOpen) setOpen(line.node.key, true);
      else if (line.isOpen) goTo(lines[index + 1]?.node.key);
      break;
    case 'ArrowLeft':
      if (line.isOpen) setOpen(line.node.key, false);
      else goTo(line.parent);
      break;
    default:
      return;
  }
  event.preventDefault();
}

/** Which copy it is and what became of it, where that is not the usual and a sign beside it does not say so already. */
export function badges({ role, state }: Structure, hasSign = false): TemplateResult {
  const words = text().structures.badges;
  const isSaid = state === 'ok' || (state === 'damaged' && hasSign);
  return html`${role === 'primary' ? nothing : html`<span class="badge">${words[role]}</span>`}${
    isSaid ? nothing : html`<span class="badge badge-${state}">${words[state]}</span>`
  }`;
}

/** The structures that start closed. */
export function closedAtFirst(structures: readonly Structure[]): Set<string> {
  const children = new Map<string, number>();
  for (const { parent } of structures) {
    if (parent !== null) children.set(parent, (children.get(parent) ?? 0) + 1);
  }
  return new Set([...children].filter(([, count]) => count > MANY_CHILDREN).map(([key]) => key));
}
