/** Everything that can be done with the page: the header, the keys, the palette and the keyboard map take it from here. */

import { canCheck, cancel, checkData, close, goToView, store, tryAgain } from './actions.ts';
import { ALWAYS, VIEWS } from './address.ts';
import { canExport, copyReport, downloadReport, printReport, setRedacts } from './export.ts';
import { canSave, canSaveDisk, saveDisk, saveTable } from './save.ts';
import type { State } from './state.ts';
import { type Text, text } from './text/index.ts';

/** What only the page itself can do. */
export interface Page {
  pickFiles(): void;
  pickFolder(): void;
  changeTheme(): void;
  changeLanguage(): void;
  /** Opens the palette. */
  search(): void;
  /** Opens the keyboard map. */
  showKeys(): void;
  /** Shows what leaves the page, before it does. */
  showExport(): void;
  /** Goes to the field of the view, or else opens the palette. */
  focusField(): void;
  /** Leaves a field, or clears what is selected. */
  leave(): void;
  copyLink(): void;
  /** Says what was just done that cannot be seen otherwise. */
  say(words: string): void;
}

export type CommandGroup = keyof Text['commands']['groups'];

export interface Command {
  id: string;
  /** In the language that is shown. */
  readonly title: string;
  group: CommandGroup;
  /** Chords that do it. */
  keys: readonly string[];
  /** Further words that the palette finds it by. */
  readonly also: string;
  /** Whether the palette does not list it: it is of use only by its key. */
  isKeyOnly?: boolean;
  isPossible: (state: State) => boolean;
  run: (page: Page) => void;
}

/** The table that is shown, or would be. */
function tableOf({ report, at }: State): string | undefined {
  return report?.tables.find(({ key }) => key === at.table)?.key ?? report?.tables[0]?.key;
}

const always = (): boolean => true;
const isOpen = ({ files }: State): boolean => files.length > 0;

const views = VIEWS.map((view, nth): Command => ({
  id: `view-${view}`,
  get title() {
    const { commands, views } = text();
    return commands.goTo(views[view]);
  },
  also: '',
  group: 'Views',
  keys: nth < 9 ? [String(nth + 1)] : [],
  isPossible: ({ report }) => report !== undefined || ALWAYS.includes(view),
  run: () => {
    goToView(view);
  },
}));

type CommandId = keyof Text['commands']['titles'];

const others: readonly (Omit<Command, 'title' | 'also'> & { id: CommandId })[] = [
  {
    id: 'deep-check',
    group: 'Image',
    keys: [],
    isPossible: canCheck,
    run: checkData,
  },
  {
    id: 'cancel',
    group: 'Image',
    keys: [],
    isPossible: ({ phase }) => phase === 'reading',
    run: cancel,
  },
  {
    id: 'read-again',
    group: 'Image',
    keys: [],
    isPossible: ({ phase, files }) => phase !== 'reading' && files.length > 0,
    run: tryAgain,
  },
  {
    id: 'export',
    group: 'Image',
    keys: ['E'],
    isPossible: canExport,
    run: (page) => {
      page.showExport();
    },
  },
  ...(['markdown', 'html', 'json'] as const).map((form) => ({
    id: `export-${form}` as const,
    group: 'Image' as const,
    keys: [],
    isPossible: canExport,
    run: () => {
      downloadReport(form);
    },
  })),
  {
    id: 'copy-report',
    group: 'Image',
    keys: [],
    isPossible: canExport,
    run: (page) => {
      copyReport('markdown', undefined, () => {
        page.say(text().exporting.copied);
      });
    },
  },
  {
    id: 'print-report',
    group: 'Image',
    keys: [],
    isPossible: canExport,
    run: printReport,
  },
  {
    id: 'redact',
    group: 'Image',
    keys: [],
    isPossible: canExport,
    run: (page) => {
      setRedacts(!store.state.redacts);
      page.say(text().exporting[store.state.redacts ? 'redactsNow' : 'redactsNoMore']);
    },
  },
  {
    id: 'save-disk',
    group: 'Image',
    keys: [],
    isPossible: canSaveDisk,
    run: saveDisk,
  },
  ...(['ndjson', 'csv'] as const).map((form) => ({
    id: `save-${form}` as const,
    group: 'Image' as const,
    keys: [],
    isPossible: (state: State) => canSave(state) && tableOf(state) !== undefined,
    run: () => {
      const table = tableOf(store.state);
      if (table) saveTable(table, store.state.at.filter, form);
    },
  })),
  {
    id: 'open-files',
    group: 'Files',
    keys: [],
    isPossible: always,
    run: (page) => {
      page.pickFiles();
    },
  },
  {
    id: 'open-folder',
    group: 'Files',
    keys: [],
    isPossible: always,
    run: (page) => {
      page.pickFolder();
    },
  },
  {
    id: 'close',
    group: 'Files',
    keys: [],
    isPossible: isOpen,
    run: close,
  },
  {
    id: 'go-to-field',
    group: 'Places',
    keys: ['/'],
    isPossible: always,
    run: (page) => {
      page.focusField();
    },
  },
  {
    id: 'back',
    group: 'Places',
    keys: ['Alt+ArrowLeft'],
    isPossible: always,
    run: () => {
      history.back();
    },
  },
  {
    id: 'forward',
    group: 'Places',
    keys: ['Alt+ArrowRight'],
    isPossible: always,
    run: () => {
      history.forward();
    },
  },
  {
    id: 'copy-link',
    group: 'Places',
    keys: [],
    isPossible: always,
    run: (page) => {
      page.copyLink();
    },
  },
  {
    id: 'search',
    group: 'Page',
    keys: ['Mod+K'],
    isKeyOnly: true,
    isPossible: always,
    run: (page) => {
      page.search();
    },
  },
  {
    id: 'show-keys',
    group: 'Page',
    keys: ['?'],
    isPossible: always,
    run: (page) => {
      page.showKeys();
    },
  },
  {
    id: 'theme',
    group: 'Page',
    keys: [],
    isPossible: always,
    run: (page) => {
      page.changeTheme();
    },
  },
  {
    id: 'language',
    group: 'Page',
    keys: ['L'],
    isPossible: always,
    run: (page) => {
      page.changeLanguage();
    },
  },
  {
    id: 'leave',
    group: 'Page',
    keys: ['Escape'],
    isKeyOnly: true,
    isPossible: always,
    run: (page) => {
      page.leave();
    },
  },
];

/** In the order of the palette. */
export const COMMANDS: readonly Command[] = [
  ...views,
  ...others.map((command): Command => ({
    ...command,
    get title() {
      return text().commands.titles[command.id];
    },
    get also() {
      return text().commands.also[command.id];
    },
  })),
];

const BY_ID = new Map(COMMANDS.map((command) => [command.id, command]));
const BY_KEY = new Map(COMMANDS.flatMap((command) => command.keys.map((key) => [key, command] as const)));

/** The command of that id. */
export function commandOf(id: string): Command {
  const command = BY_ID.get(id);
  if (!command) throw new Error(`there is no command “${id}”`);
  return command;
}

/** The command of a chord. */
export function commandByKey(chord: string): Command | undefined {
  return BY_KEY.get(chord);
}

type Local = Text['commands']['local'];

/** Keys that work where the keyboard is: in a list, in a table, among the bytes. Both are keys of the words. */
export interface LocalKeys {
  where: keyof Local;
  keys: readonly (readonly [chords: readonly string[], does: keyof Local])[];
}

export const LOCAL_KEYS: readonly LocalKeys[] = [
  {
    where: 'list',
    keys: [
      [['ArrowUp', 'ArrowDown'], 'line'],
      [['Home', 'End'], 'lineEnds'],
      [['PageUp', 'PageDown'], 'lineScreen'],
      [['Enter'], 'lineOpen'],
    ],
  },
  {
    where: 'tree',
    keys: [
      [['ArrowLeft', 'ArrowRight'], 'branch'],
      [['ArrowUp', 'ArrowDown'], 'structure'],
    ],
  },
  {
    where: 'bytes',
    keys: [
      [['ArrowLeft', 'ArrowRight'], 'byte'],
      [['ArrowUp', 'ArrowDown'], 'byteRow'],
      [['PageUp', 'PageDown'], 'screen'],
      [['Home', 'End'], 'fileEnds'],
      [['Shift+ArrowLeft', 'Shift+ArrowRight'], 'more'],
    ],
  },
  {
    where: 'search',
    keys: [[['Enter', 'Shift+Enter'], 'match']],
  },
  {
    where: 'map',
    keys: [
      [['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'], 'cell'],
      [['Shift+ArrowLeft', 'Shift+ArrowRight'], 'more'],
      [['+', '-'], 'zoom'],
      [['Enter', 'Backspace'], 'zoomMuch'],
      [['0'], 'all'],
      [['PageUp', 'PageDown'], 'screen'],
      [['Home', 'End'], 'cellEnds'],
    ],
  },
  {
    where: 'tour',
    keys: [[['ArrowLeft', 'ArrowRight'], 'step']],
  },
  {
    where: 'divider',
    keys: [[['ArrowLeft', 'ArrowRight'], 'width']],
  },
];
