import { LitElement, type TemplateResult, html, nothing } from 'lit';
import {
  dismissNotice,
  give,
  giveLater,
  loadMainSamples,
  loadSamples,
  openSample,
  prepare,
  selectNothing,
  store,
} from './actions.ts';
import { ALWAYS, type View } from './address.ts';
import { offerAutomation } from './automation.ts';
import { type Page, commandByKey } from './commands.ts';
import { dropOverlay, failureBanner, noticeBanner, updateBanner } from './shell/banners.ts';
import { header } from './shell/header.ts';
import { KeyMap } from './shell/key-map.ts';
import { Exporting } from './shell/exporting.ts';
import { Palette } from './shell/palette.ts';
import { savingPanel } from './shell/saving.ts';
import { status } from './shell/status.ts';
import { keepOffline } from './offline.ts';
import { removeKept } from './save-sinks.ts';
import type { State } from './state.ts';
import { onLanguage, otherLanguage, setLanguage, text } from './text/index.ts';
import { copyText } from './ui/clipboard.ts';
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

/** How long a line on what was just done is shown. */
const SAID_MS = 3_000;

/** The views that show samples of all kinds. */
const OF_ALL_SAMPLES: readonly View[] = ['samples', 'findings', 'learn'];

/** The page: header, the chosen view, and a line on what is going on. */
export class App extends LitElement {
  static override properties = {
    state: { state: true },
    theme: { state: true },
    isDropping: { state: true },
    said: { state: true },
  };

  declare state: State;
  declare theme: Theme;
  declare isDropping: boolean;
  /** What was just done that cannot be seen otherwise. */
  declare said: string;

  #saidUntil: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.state = store.state;
    this.theme = rememberedTheme();
    this.isDropping = false;
    this.said = '';
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
    onLanguage(renderAll);
    offerAutomation();
    takeDrops(
      (files) => {
        void giveLater(files);
      },
      (hovers) => {
        this.isDropping = hovers;
      },
    );
    onGlobalKeys((chord) => {
      const command = commandByKey(chord);
      if (!command?.isPossible(this.state)) return undefined;
      return () => {
        command.run(this.#page);
      };
    });
    const sample = new URLSearchParams(location.search).get('sample');
    if (sample) void openSample(sample);
    void loadMainSamples();
    prepare();
    void removeKept();
    void keepOffline(() => {
      store.set({ hasUpdate: true });
    });
  }

  /** What commands need of the page. */
  readonly #page: Page = {
    pickFiles: () => {
      this.querySelector<HTMLInputElement>('#open-files')?.click();
    },
    pickFolder: () => {
      this.querySelector<HTMLInputElement>('#open-folder')?.click();
    },
    changeTheme: () => {
      this.theme = nextTheme(this.theme);
      applyTheme(this.theme);
    },
    changeLanguage: () => {
      setLanguage(otherLanguage()).catch(() => {
        this.#say(text().header.language.failed);
      });
    },
    search: () => {
      const palette = this.querySelector('dg-palette');
      void loadSamples();
      if (palette instanceof Palette) void palette.open();
    },
    showKeys: () => {
      const map = this.querySelector('dg-key-map');
      if (map instanceof KeyMap) void map.open();
    },
    showExport: () => {
      const dialog = this.querySelector('dg-export');
      if (dialog instanceof Exporting) void dialog.open();
    },
    say: (words) => {
      this.#say(words);
    },
    focusField: () => {
      const field =
        this.querySelector<HTMLElement>('main [data-shortcut]') ??
        this.querySelector<HTMLElement>('[data-shortcut]');
      if (field) field.focus();
      else this.#page.search();
    },
    leave: () => {
      const { activeElement } = document;
      if (activeElement instanceof HTMLInputElement) activeElement.blur();
      else if (this.state.notice !== undefined) dismissNotice();
      else selectNothing();
    },
    copyLink: () => {
      void copyText(location.href).then((isCopied) => {
        this.#say(isCopied ? text().header.linkCopied : text().header.linkNotCopied);
      });
    },
  };

  #say(words: string): void {
    this.said = words;
    clearTimeout(this.#saidUntil);
    this.#saidUntil = setTimeout(() => {
      this.said = '';
    }, SAID_MS);
  }

  /** After a choice in the palette the keyboard goes to what was chosen, or to the view. */
  readonly #onChosen = async (): Promise<void> => {
    await this.updateComplete;
    await new Promise(requestAnimationFrame);
    const { activeElement } = document;
    if (activeElement?.closest('dialog') || activeElement?.matches('[data-shortcut]')) return;
    const chosen = this.querySelectorAll<HTMLElement>(
      'main [tabindex="0"]:is([aria-selected="true"], [aria-current="true"])',
    );
    ([...chosen].at(-1) ?? this.querySelector<HTMLElement>('main'))?.focus();
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
        aria-label=${text().header.chooseFiles}
        @change=${this.#onPicked}
      />
      <input
        type="file"
        id="open-folder"
        webkitdirectory
        hidden
        aria-label=${text().header.chooseFolder}
        @change=${this.#onPicked}
      />
      ${header(state, { shown, theme, page: this.#page })}
      <main id="view" tabindex=${shown === 'learn' ? 0 : -1}>
        ${updateBanner(state)} ${failureBanner(state)} ${noticeBanner(state)} ${this.#view(shown)}
      </main>
      ${savingPanel(state)} ${status(state)}
      <dg-palette .state=${state} .page=${this.#page} @palette-done=${this.#onChosen}></dg-palette>
      <dg-key-map></dg-key-map>
      <dg-export .state=${state}></dg-export>
      <p class="said" role="status">${this.said}</p>
      ${this.isDropping ? dropOverlay(state) : nothing}
    `;
  }

  protected override updated(): void {
    const { sample, at } = this.state;
    if (sample !== undefined || OF_ALL_SAMPLES.includes(at.view)) void loadSamples();
    this.querySelector('.tabs [aria-selected="true"]')?.scrollIntoView({
      block: 'nearest',
      inline: 'nearest',
    });
  }

  /** The view that is shown: one that needs an image gives way to the start while there is none. */
  get #shownView(): View | 'start' {
    const { files, at } = this.state;
    return files.length > 0 || ALWAYS.includes(at.view) ? at.view : 'start';
  }

  #view(view: View | 'start'): TemplateResult {
    const { report, mainSamples, samples, sample, at, phase, job } = this.state;
    if (view === 'samples') return samplesView(samples, sample, at.find ?? '');
    if (view === 'learn') return learnView(this.state, this.#page);
    if (view === 'start') return startView(mainSamples, this.#page.pickFiles, this.#page.pickFolder);
    if (!report) {
      return html`<div class="page">
        <p class="calm waiting">${phase === 'failed' ? '' : text().common.waitingForHeaders}</p>
      </div>`;
    }
    const isReading = phase === 'reading' && job === 'tables';
    switch (view) {
      case 'overview':
        return overview(this.state, report, this.#page.pickFiles);
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
        return chainView(report, this.#page.pickFiles);
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

/** Every part of the page renders its words anew; what it shows stays. */
function renderAll(): void {
  for (const part of document.querySelectorAll('*')) if (part instanceof LitElement) part.requestUpdate();
}

customElements.define('dg-app', App);
