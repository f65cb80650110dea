import { LitElement, type TemplateResult, html, nothing } from 'lit';
import { dismissNotice, give, giveLater, goToView, loadSamples, openSample, selectNothing, store } from './actions.ts';
import { ALWAYS, VIEWS, type View } from './address.ts';
import { offerAutomation } from './automation.ts';
import { dropOverlay, failureBanner, noticeBanner } from './shell/banners.ts';
import { header } from './shell/header.ts';
import { status } from './shell/status.ts';
import type { State } from './state.ts';
import { fromFile, takeDrops } from './ui/drop.ts';
import { baseName } from './ui/format.ts';
import { onGlobalKeys } from './ui/keyboard.ts';
import { type Theme, applyTheme, nextTheme, rememberedTheme } from './ui/theme.ts';
import { chainView } from './views/chain.ts';
import './views/findings.ts';
import './views/hex.ts';
import { learnView } from './views/learn.ts';
import './views/map.ts';
import { overview } from './views/overview.ts';
import { partitionsView } from './views/partitions.ts';
import { samplesView } from './views/samples.ts';
import { startView } from './views/start.ts';
import './views/structures.ts';
import './views/tables.ts';
import './views/translate.ts';

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
        VIEWS.slice(0, 8).map((view, nth) => [
          String(nth + 1),
          () => {
            if (this.state.report || ALWAYS.includes(view)) goToView(view);
          },
        ]),
      ),
      '/': () => {
        this.#focusField();
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

  /** The field of the view, or else the one in the header. */
  #focusField(): void {
    const field = this.querySelector<HTMLInputElement>('main [data-shortcut]');
    (field ?? this.querySelector<HTMLInputElement>('[data-shortcut]'))?.focus();
  }

  #escape(): void {
    const { activeElement } = document;
    if (activeElement instanceof HTMLInputElement) activeElement.blur();
    else if (this.state.notice !== undefined) dismissNotice();
    else selectNothing();
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
    const { state, theme } = this;
    const shown = this.#shownView;
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
      ${header(state, { shown, theme, changeTheme: this.#changeTheme, pickFiles: this.#pickFiles })}
      <main id="view" tabindex=${shown === 'learn' ? 0 : -1}>
        ${failureBanner(state)} ${noticeBanner(state)} ${this.#view(shown)}
      </main>
      ${status(state)} ${this.isDropping ? dropOverlay(state) : nothing}
    `;
  }

  protected override updated(): void {
    this.querySelector('.tabs [aria-selected="true"]')?.scrollIntoView({
      block: 'nearest',
      inline: 'nearest',
    });
  }

  readonly #changeTheme = (): void => {
    this.theme = nextTheme(this.theme);
    applyTheme(this.theme);
  };

  /** The view that is shown: one that needs an image gives way to the start while there is none. */
  get #shownView(): View | 'start' {
    const { files, at } = this.state;
    return files.length > 0 || ALWAYS.includes(at.view) ? at.view : 'start';
  }

  #view(view: View | 'start'): TemplateResult {
    const { report, samples, sample, at, phase, job } = this.state;
    if (view === 'samples') return samplesView(samples, sample, at.find ?? '');
    if (view === 'learn') return learnView(report);
    if (view === 'start') return startView(samples, this.#pickFiles, this.#pickFolder);
    if (!report) {
      return html`<div class="page">
        <p class="calm waiting">${phase === 'failed' ? '' : 'Looking at the headers…'}</p>
      </div>`;
    }
    const isReading = phase === 'reading' && job === 'tables';
    switch (view) {
      case 'overview':
        return overview(this.state, report, this.#pickFiles);
      case 'structures':
        return html`<dg-structures .report=${report} .at=${at}></dg-structures>`;
      case 'tables':
        return html`<dg-tables .report=${report} .at=${at} .isReading=${isReading}></dg-tables>`;
      case 'map':
        return html`<dg-map .report=${report} .at=${at}></dg-map>`;
      case 'hex':
        return html`<dg-bytes .report=${report} .at=${at}></dg-bytes>`;
      case 'translate':
        return html`<dg-translate .report=${report} .at=${at}></dg-translate>`;
      case 'chain':
        return chainView(report, this.#pickFiles);
      case 'partitions':
        return partitionsView(report, at.partition);
      case 'findings':
        return html`<dg-findings
          .report=${report}
          .at=${at}
          .samples=${samples}
          .sample=${sample}
        ></dg-findings>`;
    }
  }
}

customElements.define('dg-app', App);
