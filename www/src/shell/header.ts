import { type TemplateResult, html, nothing } from 'lit';
import { goToPlace, goToView } from '../actions.ts';
import { ALWAYS, VIEWS, type View } from '../address.ts';
import { progressPercent } from '../automation.ts';
import { type Page, commandOf } from '../commands.ts';
import { FORMS } from '../export.ts';
import type { Report } from '../generated/types.ts';
import type { State } from '../state.ts';
import { otherLanguage, text } from '../text/index.ts';
import { baseName, digits } from '../ui/format.ts';
import { type IconName, brandMark, icon } from '../ui/icons.ts';
import { keys } from '../ui/key-caps.ts';
import { parsePlace } from '../ui/offset.ts';
import type { Theme } from '../ui/theme.ts';
import { verdictChip } from '../views/overview.ts';

/** What the header needs beside the state. */
export interface HeaderParts {
  /** The view that is shown; `start` while none can be. */
  shown: View | 'start';
  theme: Theme;
  page: Page;
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
      ${isOpen ? subject(state, parts) : tabs(state, parts.shown)}
      <div class="top-actions">
        ${searchButton(parts)} ${isOpen ? actions(state, parts) : nothing} ${themeButton(parts)}
        ${languageButton(parts)}
      </div>
    </div>
    ${
      isOpen
        ? html`<div class="top-line tabs-line">
            ${tabs(state, parts.shown)}
            ${report && parts.shown === 'structures' ? goTo(state, report) : nothing}
          </div>`
        : nothing
    }
    ${progressLine(state)}
  </header>`;
}

function subject({ report, files }: State, { page }: HeaderParts): TemplateResult | typeof nothing {
  const name = report?.image?.key ?? files[0]?.path;
  if (name === undefined) return nothing;
  return html`<div class="subject">
    <b title=${name}>${baseName(name)}</b> ${report ? verdictChip(report.verdict) : nothing}
    ${iconButton('close', 'close', page)}
  </div>`;
}

function actions(state: State, { page }: HeaderParts): TemplateResult {
  const isChecking = state.phase === 'reading' && state.job === 'data';
  return html`${
    isChecking
      ? button('cancel', 'stop', text().header.stop(progressPercent(state.progress)), page)
      : commandOf('deep-check').isPossible(state)
        ? button('deep-check', 'deep', text().common.checkData, page)
        : nothing
  }
  ${button('open-files', 'file', text().common.addFiles, page)} ${exportButtons(state, page)}`;
}

/** The report, to be looked at first or at once. */
function exportButtons({ redacts, report }: State, page: Page): TemplateResult {
  const words = text().exporting;
  return html`<div class="export-buttons" role="group" aria-label=${words.title}>
    ${button('export', redacts ? 'unseen' : 'save', words.look, page, !report)}
    ${(['markdown', 'html', 'json'] as const).map((form) => {
      const { title, run } = commandOf(`export-${form}`);
      return html`<button
        class="button export-now"
        data-action="export-${form}"
        title=${redacts ? words.redacted(title) : title}
        ?disabled=${!report}
        @click=${() => {
          run(page);
        }}
      >
        ${form === 'markdown' ? 'MD' : FORMS[form].name}
      </button>`;
    })}
  </div>`;
}

/** A command as a button. */
function button(id: string, sign: IconName, words: string, page: Page, isDisabled = false): TemplateResult {
  const { title, run } = commandOf(id);
  return html`<button
    class="button"
    data-action=${id}
    title=${title}
    ?disabled=${isDisabled}
    @click=${() => {
      run(page);
    }}
  >
    ${icon(sign)}<span>${words}</span>
  </button>`;
}

/** A command as a sign. */
function iconButton(id: string, sign: IconName, page: Page, words = commandOf(id).title): TemplateResult {
  return html`<button
    class="icon-button"
    data-action=${id}
    aria-label=${words}
    title=${words}
    @click=${() => {
      commandOf(id).run(page);
    }}
  >
    ${icon(sign)}
  </button>`;
}

function searchButton({ page }: HeaderParts): TemplateResult {
  const {
    title,
    run,
    keys: [chord = ''],
  } = commandOf('search');
  return html`<button
    class="button search-button"
    data-action="search"
    title=${title}
    @click=${() => {
      run(page);
    }}
  >
    ${icon('search')}<span>${text().header.search}</span>${keys(chord)}
  </button>`;
}

function themeButton({ theme, page }: HeaderParts): TemplateResult {
  return iconButton('theme', THEME_ICONS[theme], page, text().header.theme(text().header.themes[theme]));
}

/** Named in the language that it leads to. */
function languageButton({ page }: HeaderParts): TemplateResult {
  const { sign, name } = text().header.language;
  return html`<button
    class="icon-button language-button"
    data-action="language"
    aria-label=${name}
    title=${name}
    lang=${otherLanguage()}
    @click=${() => {
      commandOf('language').run(page);
    }}
  >
    ${sign}
  </button>`;
}

function tabs(state: State, shown: View | 'start'): TemplateResult {
  const isOpen = state.files.length > 0;
  return html`<nav class="tabs" role="tablist" aria-label=${text().header.views} @keydown=${onTabKey}>
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
    ${text().views[view]}${view === 'findings' && report ? findingCount(report) : nothing}
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
    class="go-to"
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
      aria-label=${text().header.goToLabel}
      title=${text().header.goToHow}
      placeholder=${text().header.goTo}
      autocomplete="off"
      spellcheck="false"
    />
    <span aria-hidden="true">${commandOf('go-to-field').keys.map(keys)}</span>
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
    aria-label=${job === 'data' ? text().header.checking : text().header.reading}
    aria-valuemin="0"
    aria-valuemax="100"
    aria-valuenow=${percent}
    ?hidden=${phase !== 'reading'}
  >
    <i class=${progress ? '' : 'unknown'} .style=${progress ? `width:${String(percent)}%` : ''}></i>
  </div>`;
}
