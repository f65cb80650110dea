import { LitElement, type TemplateResult, html, nothing } from 'lit';
import {
  cancel,
  close,
  dismissNotice,
  exportJson,
  give,
  giveLater,
  go,
  goToPlace,
  goToView,
  loadSamples,
  openSample,
  store,
  tryAgain,
} from './actions.ts';
import { VIEWS, type View } from './address.ts';
import { offerAutomation, progressPercent } from './automation.ts';
import type { Report } from './generated/types.ts';
import type { State } from './state.ts';
import { fromFile, takeDrops } from './ui/drop.ts';
import { baseName, count, digits, size } from './ui/format.ts';
import { type IconName, brandMark, icon } from './ui/icons.ts';
import { onGlobalKeys } from './ui/keyboard.ts';
import { parseOffset } from './ui/offset.ts';
import { type Theme, applyTheme, nextTheme, rememberedTheme } from './ui/theme.ts';
import './views/findings.ts';
import { learnView } from './views/learn.ts';
import { overview, verdictChip } from './views/overview.ts';
import { partitionsView } from './views/partitions.ts';
import { samplesView } from './views/samples.ts';
import { startView } from './views/start.ts';
import './views/structures.ts';
import './views/tables.ts';

const TABS: Record<View, string> = {
  overview: 'Overview',
  structures: 'Structures',
  tables: 'Tables',
  partitions: 'Partitions',
  findings: 'Findings',
  samples: 'Samples',
  learn: 'About',
};

/** Views that need no open image. */
const ALWAYS: readonly View[] = ['samples', 'learn'];

const THEME_ICONS: Record<Theme, IconName> = { auto: 'auto', light: 'light', dark: 'dark' };

/** The page: header, the chosen view, and a line on what is going on. */
export class App extends LitElement {
  static override properties = {
    state: { state: true },
    theme: { state: true },
    isDropping: { state: true },
  };

  declare state: State;
  declare theme: Theme;
  declare isDropping: boolean;

  constructor() {
    super();
    this.state = store.state;
    this.theme = rememberedTheme();
    this.isDropping = false;
  }

  protected override createRenderRoot(): this {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    applyTheme(this.theme);
    store.subscribe((state) => {
      this.state = state;
      document.title = state.report?.image ? `${baseName(state.report.image.key)} · diskglass` : 'diskglass';
    });
    offerAutomation();
    takeDrops(
      (files) => {
        void giveLater(files);
      },
      (hovers) => {
        this.isDropping = hovers;
      },
    );
    onGlobalKeys({
      ...Object.fromEntries(
        VIEWS.slice(0, 6).map((view, nth) => [
          String(nth + 1),
          () => {
            if (this.state.report || ALWAYS.includes(view)) goToView(view);
          },
        ]),
      ),
      '/': () => {
        this.#goToField?.focus();
      },
      '?': () => {
        goToView('learn');
      },
      Escape: () => {
        this.#escape();
      },
    });
    const sample = new URLSearchParams(location.search).get('sample');
    if (sample) void openSample(sample);
    void loadSamples();
  }

  get #goToField(): HTMLInputElement | null {
    return this.querySelector('.go-to input');
  }

  #escape(): void {
    const { activeElement } = document;
    if (activeElement instanceof HTMLInputElement) activeElement.blur();
    else if (this.state.notice !== undefined) dismissNotice();
    else go({ field: undefined, row: undefined, partition: undefined, finding: undefined });
  }

  readonly #pickFiles = (): void => {
    this.querySelector<HTMLInputElement>('#open-files')?.click();
  };

  readonly #pickFolder = (): void => {
    this.querySelector<HTMLInputElement>('#open-folder')?.click();
  };

  readonly #onPicked = (event: Event): void => {
    const input = event.target;
    if (!(input instanceof HTMLInputElement) || !input.files) return;
    give([...input.files].map((file) => fromFile(file)));
    // The same files can be picked again.
    input.value = '';
  };

  protected override render(): TemplateResult {
    const { state } = this;
    return html`
      <input
        type="file"
        id="open-files"
        multiple
        hidden
        aria-label="Choose files"
        @change=${this.#onPicked}
      />
      <input
        type="file"
        id="open-folder"
        webkitdirectory
        hidden
        aria-label="Choose a folder"
        @change=${this.#onPicked}
      />
      ${this.#header()}
      <main id="view" tabindex=${this.#shownView === 'learn' ? 0 : -1}>
        ${this.#failure()} ${this.#notice()} ${this.#view()}
      </main>
      ${this.#status()}
      ${
        this.isDropping
          ? html`<div class="drop-overlay">
              <p>
                ${state.files.length > 0 && state.sample === undefined ? 'Drop to add to what is open' : 'Drop to look inside'}
              </p>
            </div>`
          : nothing
      }
    `;
  }

  protected override updated(): void {
    this.querySelector('.tabs [aria-selected="true"]')?.scrollIntoView({
      block: 'nearest',
      inline: 'nearest',
    });
  }

  #header(): TemplateResult {
    const { report, files } = this.state;
    const isOpen = files.length > 0;
    const name = report?.image?.key ?? files[0]?.path;
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
        ${
          isOpen && name !== undefined
            ? html`<div class="subject">
                <b title=${name}>${baseName(name)}</b> ${report ? verdictChip(report.verdict) : nothing}
                <button
                  class="icon-button"
                  data-action="close"
                  aria-label="Close"
                  title="Close"
                  @click=${close}
                >
                  ${icon('close')}
                </button>
              </div>`
            : nothing
        }
        ${isOpen ? nothing : this.#tabs()}
        <div class="top-actions">
          ${
            isOpen
              ? html`<button class="button" @click=${this.#pickFiles}>
                    ${icon('file')}<span>Add files…</span>
                  </button>
                  <button class="button" data-action="export-json" ?disabled=${!report} @click=${exportJson}>
                    ${icon('save')}<span>JSON</span>
                  </button>`
              : nothing
          }
          ${this.#themeButton()}
        </div>
      </div>
      ${isOpen ? html`<div class="top-line tabs-line">${this.#tabs()} ${report ? this.#goTo(report) : nothing}</div>` : nothing}
      ${this.#progressBar()}
    </header>`;
  }

  #tabs(): TemplateResult {
    const isOpen = this.state.files.length > 0;
    return html`<nav class="tabs" role="tablist" aria-label="Views" @keydown=${this.#onTabKey}>
      ${VIEWS.filter((view) => isOpen || ALWAYS.includes(view)).map((view) => this.#tab(view))}
    </nav>`;
  }

  #themeButton(): TemplateResult {
    const words = `Theme: ${this.theme}`;
    return html`<button
      class="icon-button"
      data-action="theme"
      aria-label=${words}
      title=${words}
      @click=${() => {
        this.theme = nextTheme(this.theme);
        applyTheme(this.theme);
      }}
    >
      ${icon(THEME_ICONS[this.theme])}
    </button>`;
  }

  /** The view that is shown: one that needs an image gives way to the start while there is none. */
  get #shownView(): View | 'start' {
    const { files, at } = this.state;
    return files.length > 0 || ALWAYS.includes(at.view) ? at.view : 'start';
  }

  #tab(view: View): TemplateResult {
    const isShown = view === this.#shownView;
    const first = this.#shownView === 'start' && view === ALWAYS[0];
    return html`<button
      role="tab"
      id="tab-${view}"
      data-view=${view}
      aria-selected=${isShown}
      aria-controls="view"
      tabindex=${isShown || first ? 0 : -1}
      @click=${() => {
        goToView(view);
      }}
    >
      ${TABS[view]}${this.#tabCount(view)}
    </button>`;
  }

  #tabCount(view: View): TemplateResult | typeof nothing {
    const { report } = this.state;
    if (view !== 'findings' || !report || report.findings.length === 0) return nothing;
    const worst = report.findings[0]?.severity ?? 'info';
    return html`<span class="tab-count severity-${worst}">${digits(report.findings.length)}</span>`;
  }

  readonly #onTabKey = (event: KeyboardEvent): void => {
    const tab = event.target;
    if (!(tab instanceof HTMLElement)) return;
    const next = { ArrowLeft: tab.previousElementSibling, ArrowRight: tab.nextElementSibling }[event.key];
    if (!(next instanceof HTMLElement)) return;
    event.preventDefault();
    next.focus();
    next.click();
  };

  #goTo(report: Report): TemplateResult {
    const { at } = this.state;
    const name = at.file ?? report.image?.key;
    const file = report.files.find((file) => file.name === name) ?? report.files[0];
    return html`<form
      class="go-to ${at.view === 'structures' ? '' : 'spare'}"
      @submit=${(event: SubmitEvent) => {
        event.preventDefault();
        const input = this.#goToField;
        const offset = parseOffset(input?.value ?? '', file?.size ?? 0);
        input?.toggleAttribute('aria-invalid', offset === undefined);
        if (file && offset !== undefined) goToPlace({ file: file.name, offset, length: 1 });
      }}
    >
      <input
        type="text"
        aria-label="Go to an offset"
        title="A byte offset: 512, 0x200, 63 s (sectors), 1.5 MiB, or -512 from the end"
        placeholder="Go to offset"
        autocomplete="off"
        spellcheck="false"
        @input=${() => {
          this.#goToField?.removeAttribute('aria-invalid');
        }}
      />
      <kbd aria-hidden="true">/</kbd>
    </form>`;
  }

  #progressBar(): TemplateResult {
    const { phase, progress } = this.state;
    const percent = progressPercent(progress);
    return html`<div
      class="progress"
      role="progressbar"
      aria-label="Reading"
      aria-valuemin="0"
      aria-valuemax="100"
      aria-valuenow=${percent}
      ?hidden=${phase !== 'reading'}
    >
      <i class=${progress ? '' : 'unknown'} .style=${progress ? `width:${String(percent)}%` : ''}></i>
    </div>`;
  }

  #view(): TemplateResult {
    const { report, samples, sample, at, phase } = this.state;
    const view = this.#shownView;
    if (view === 'samples') return samplesView(samples, sample);
    if (view === 'learn') return learnView(report);
    if (view === 'start') return startView(samples, this.#pickFiles, this.#pickFolder);
    if (!report) {
      return html`<div class="page">
        <p class="calm waiting">${phase === 'failed' ? '' : 'Looking at the headers…'}</p>
      </div>`;
    }
    const isReading = phase === 'reading';
    switch (view) {
      case 'overview':
        return overview(report, isReading, this.#pickFiles);
      case 'structures':
        return html`<dg-structures .report=${report} .at=${at}></dg-structures>`;
      case 'tables':
        return html`<dg-tables .report=${report} .at=${at} .isReading=${isReading}></dg-tables>`;
      case 'partitions':
        return partitionsView(report, at.partition);
      case 'findings':
        return html`<dg-findings .report=${report} .at=${at}></dg-findings>`;
    }
  }

  #failure(): TemplateResult | typeof nothing {
    const { phase, failure } = this.state;
    if (phase !== 'failed' || failure === undefined) return nothing;
    return html`<section class="failure" role="alert">
      ${icon('error')}
      <div>
        <h2>The program that reads the files stopped unexpectedly</h2>
        <p>
          This is a fault in diskglass, not in your file. Your files are untouched and still open here; what
          had been found so far is shown below.
        </p>
        <pre>${failure}</pre>
        <div class="buttons">
          <button class="button primary" data-action="retry" @click=${tryAgain}>Try again</button>
          ${
            // Without it the text can still be selected.
            isSecureContext
              ? html`<button
                  class="button"
                  data-action="copy-failure"
                  @click=${() => {
                    void navigator.clipboard.writeText(failure);
                  }}
                >
                  Copy the message
                </button>`
              : nothing
          }
          <button class="button" @click=${close}>Close</button>
        </div>
      </div>
    </section>`;
  }

  #notice(): TemplateResult | typeof nothing {
    const { notice } = this.state;
    if (notice === undefined) return nothing;
    return html`<section class="notice" role="alert">
      ${icon('warning')}
      <p>${notice}</p>
      <button class="icon-button" aria-label="Dismiss" @click=${dismissNotice}>${icon('close')}</button>
    </section>`;
  }

  #status(): TemplateResult {
    const { phase, progress, report, files } = this.state;
    const words = this.#statusWords();
    const stored = files.reduce((sum, { file }) => sum + file.size, 0);
    return html`<footer class="status">
      <span class="status-promise" title="The page's Content-Security-Policy forbids every connection."
        >${icon('lock')}Nothing leaves this computer</span
      >
      <span class="status-words" role="status">${words}</span>
      ${
        phase === 'reading' && (progress || report)
          ? html`<button class="link" data-action="cancel" @click=${cancel}>Cancel</button>`
          : nothing
      }
      ${
        isCancelled(this.state)
          ? html`<button class="link" data-action="read-on" @click=${tryAgain}>Read the tables</button>`
          : nothing
      }
      <span class="status-set"
        >${files.length > 0 ? `${count(files.length, 'file')}, ${size(stored)}` : ''}</span
      >
    </footer>`;
  }

  #statusWords(): string {
    const { phase, progress, report } = this.state;
    switch (phase) {
      case 'reading':
        if (!progress) return 'Reading the headers…';
        return `Reading the tables: ${size(progress.done)} of ${size(progress.total)}`;
      case 'idle':
        return '';
      case 'ready':
        if (isCancelled(this.state)) return 'Stopped: the tables were not read to the end.';
        return report?.image ? 'All headers and tables were read.' : '';
      case 'failed':
        return 'The reader stopped.';
    }
  }
}

function isCancelled({ phase, report }: State): boolean {
  return phase === 'ready' && report?.coverage === 'headers';
}

customElements.define('dg-app', App);
