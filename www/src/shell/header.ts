import { type TemplateResult, html, nothing } from 'lit';
import { canCheck, cancel, checkData, close, exportJson, goToPlace, goToView } from '../actions.ts';
import { ALWAYS, TABS, VIEWS, type View } from '../address.ts';
import { progressPercent } from '../automation.ts';
import type { Report } from '../generated/types.ts';
import type { State } from '../state.ts';
import { baseName, digits } from '../ui/format.ts';
import { type IconName, brandMark, icon } from '../ui/icons.ts';
import { parsePlace } from '../ui/offset.ts';
import type { Theme } from '../ui/theme.ts';
import { verdictChip } from '../views/overview.ts';

/** What the header needs beside the state. */
export interface HeaderParts {
  /** The view that is shown; `start` while none can be. */
  shown: View | 'start';
  theme: Theme;
  changeTheme: () => void;
  pickFiles: () => void;
}

const THEME_ICONS: Record<Theme, IconName> = { auto: 'auto', light: 'light', dark: 'dark' };

/** What is open, what can be done with it, and where one can go. */
export function header(state: State, parts: HeaderParts): TemplateResult {
  const { report, files } = state;
  const isOpen = files.length > 0;
  return html`<header class="top">
    <div class="top-line">
      <button
        class="brand"
        @click=${() => {
          goToView('overview');
        }}
      >
        ${brandMark()}<span>diskglass</span>
      </button>
      ${isOpen ? subject(state) : tabs(state, parts.shown)}
      <div class="top-actions">${isOpen ? actions(state, parts) : nothing} ${themeButton(parts)}</div>
    </div>
    ${
      isOpen
        ? html`<div class="top-line tabs-line">
            ${tabs(state, parts.shown)} ${report ? goTo(state, report) : nothing}
          </div>`
        : nothing
    }
    ${progressLine(state)}
  </header>`;
}

function subject({ report, files }: State): TemplateResult | typeof nothing {
  const name = report?.image?.key ?? files[0]?.path;
  if (name === undefined) return nothing;
  return html`<div class="subject">
    <b title=${name}>${baseName(name)}</b> ${report ? verdictChip(report.verdict) : nothing}
    <button class="icon-button" data-action="close" aria-label="Close" title="Close" @click=${close}>
      ${icon('close')}
    </button>
  </div>`;
}

function actions(state: State, { pickFiles }: HeaderParts): TemplateResult {
  return html`${check(state)}
    <button class="button" title="Add files to the open set" @click=${pickFiles}>
      ${icon('file')}<span>Add files…</span>
    </button>
    <button
      class="button"
      data-action="export-json"
      title="Save the report as JSON"
      ?disabled=${!state.report}
      @click=${exportJson}
    >
      ${icon('save')}<span>JSON</span>
    </button>`;
}

/** Starts the check of the data, and stops it. */
function check(state: State): TemplateResult | typeof nothing {
  if (state.phase === 'reading' && state.job === 'data') {
    return html`<button
      class="button"
      data-action="cancel"
      title="Stop the check of the data"
      @click=${cancel}
    >
      ${icon('stop')}<span>Stop · ${progressPercent(state.progress)} %</span>
    </button>`;
  }
  if (!canCheck(state)) return nothing;
  return html`<button
    class="button"
    data-action="deep-check"
    title="Check the data too, beyond headers and tables"
    @click=${checkData}
  >
    ${icon('deep')}<span>Check the data</span>
  </button>`;
}

function themeButton({ theme, changeTheme }: HeaderParts): TemplateResult {
  const words = `Theme: ${theme}`;
  return html`<button
    class="icon-button"
    data-action="theme"
    aria-label=${words}
    title=${words}
    @click=${changeTheme}
  >
    ${icon(THEME_ICONS[theme])}
  </button>`;
}

function tabs(state: State, shown: View | 'start'): TemplateResult {
  const isOpen = state.files.length > 0;
  return html`<nav class="tabs" role="tablist" aria-label="Views" @keydown=${onTabKey}>
    ${VIEWS.filter((view) => isOpen || ALWAYS.includes(view)).map((view) => tab(state.report, view, shown))}
  </nav>`;
}

function tab(report: Report | undefined, view: View, shown: View | 'start'): TemplateResult {
  const isShown = view === shown;
  const isFirst = shown === 'start' && view === ALWAYS[0];
  return html`<button
    role="tab"
    id="tab-${view}"
    data-view=${view}
    aria-selected=${isShown}
    aria-controls="view"
    tabindex=${isShown || isFirst ? 0 : -1}
    @click=${() => {
      goToView(view);
    }}
  >
    ${TABS[view]}${view === 'findings' && report ? findingCount(report) : nothing}
  </button>`;
}

function findingCount({ findings }: Report): TemplateResult | typeof nothing {
  if (findings.length === 0) return nothing;
  const worst = findings[0]?.severity ?? 'info';
  return html`<span class="tab-count severity-${worst}">${digits(findings.length)}</span>`;
}

function onTabKey(event: KeyboardEvent): void {
  const tab = event.target;
  if (!(tab instanceof HTMLElement)) return;
  const next = { ArrowLeft: tab.previousElementSibling, ArrowRight: tab.nextElementSibling }[event.key];
  if (!(next instanceof HTMLElement)) return;
  event.preventDefault();
  next.focus();
  next.click();
}

function goTo({ at }: State, report: Report): TemplateResult {
  const name = at.file ?? report.image?.key;
  const file = report.files.find((file) => file.name === name) ?? report.files[0];
  return html`<form
    class="go-to ${at.view === 'structures' ? '' : 'spare'}"
    @submit=${(event: SubmitEvent) => {
      event.preventDefault();
      const input = inputOf(event);
      if (!input || !file) return;
      const typed = parsePlace(input.value, { what: baseName(file.name), size: file.size ?? 0 });
      input.toggleAttribute('aria-invalid', typed.wrong !== undefined);
      input.setCustomValidity(typed.wrong ?? '');
      if (typed.wrong !== undefined) input.reportValidity();
      else goToPlace({ file: file.name, offset: typed.bytes, length: 1 });
    }}
    @input=${(event: Event) => {
      inputOf(event)?.removeAttribute('aria-invalid');
      inputOf(event)?.setCustomValidity('');
    }}
  >
    <input
      type="text"
      data-shortcut
      aria-label="Go to an offset in the file"
      title="A byte offset: 512, 0x200, 63 s (sectors), 1.5 MiB, or -512 from the end"
      placeholder="Go to offset"
      autocomplete="off"
      spellcheck="false"
    />
    <kbd aria-hidden="true">/</kbd>
  </form>`;
}

/** The field of the form that an event happens to. */
function inputOf({ currentTarget }: Event): HTMLInputElement | null {
  return currentTarget instanceof HTMLFormElement ? currentTarget.querySelector('input') : null;
}

/** The line below the header: how far the reading has gone. */
function progressLine({ phase, job, progress }: State): TemplateResult {
  const percent = progressPercent(progress);
  return html`<div
    class="progress"
    role="progressbar"
    aria-label=${job === 'data' ? 'Checking the data' : 'Reading'}
    aria-valuemin="0"
    aria-valuemax="100"
    aria-valuenow=${percent}
    ?hidden=${phase !== 'reading'}
  >
    <i class=${progress ? '' : 'unknown'} .style=${progress ? `width:${String(percent)}%` : ''}></i>
  </div>`;
}
