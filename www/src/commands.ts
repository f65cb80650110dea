/** Everything that can be done with the page: the header, the keys, the palette and the keyboard map take it from here. */

import { canCheck, cancel, checkData, close, exportJson, goToView, tryAgain } from './actions.ts';
import { ALWAYS, TABS, VIEWS } from './address.ts';
import type { State } from './state.ts';

/** What only the page itself can do. */
export interface Page {
  pickFiles(): void;
  pickFolder(): void;
  changeTheme(): void;
  /** Opens the palette. */
  search(): void;
  /** Opens the keyboard map. */
  showKeys(): void;
  /** Goes to the field of the view, or else opens the palette. */
  focusField(): void;
  /** Leaves a field, or clears what is selected. */
  leave(): void;
  copyLink(): void;
}

export type CommandGroup = 'Views' | 'Files' | 'Image' | 'Places' | 'Page';

export interface Command {
  id: string;
  title: string;
  group: CommandGroup;
  /** Chords that do it. */
  keys: readonly string[];
  /** Further words that the palette finds it by. */
  also?: string;
  /** Whether the palette does not list it: it is of use only by its key. */
  isKeyOnly?: boolean;
  isPossible: (state: State) => boolean;
  run: (page: Page) => void;
}

const always = (): boolean => true;
const isOpen = ({ files }: State): boolean => files.length > 0;

const views = VIEWS.map((view, nth): Command => ({
  id: `view-${view}`,
  title: `Go to ${TABS[view]}`,
  group: 'Views',
  keys: nth < 9 ? [String(nth + 1)] : [],
  isPossible: ({ report }) => report !== undefined || ALWAYS.includes(view),
  run: () => {
    goToView(view);
  },
}));

/** In the order of the palette. */
export const COMMANDS: readonly Command[] = [
  ...views,
  {
    id: 'deep-check',
    title: 'Check the data',
    group: 'Image',
    keys: [],
    also: 'verify deep bitmaps grains',
    isPossible: canCheck,
    run: checkData,
  },
  {
    id: 'cancel',
    title: 'Stop reading',
    group: 'Image',
    keys: [],
    also: 'cancel check of the data',
    isPossible: ({ phase }) => phase === 'reading',
    run: cancel,
  },
  {
    id: 'read-again',
    title: 'Read the files again',
    group: 'Image',
    keys: [],
    also: 'reload tables retry',
    isPossible: ({ phase, files }) => phase !== 'reading' && files.length > 0,
    run: tryAgain,
  },
  {
    id: 'export-json',
    title: 'Save the report as JSON',
    group: 'Image',
    keys: [],
    also: 'export download',
    isPossible: ({ report }) => report !== undefined,
    run: exportJson,
  },
  {
    id: 'open-files',
    title: 'Open or add files…',
    group: 'Files',
    keys: [],
    also: 'choose pick load',
    isPossible: always,
    run: (page) => {
      page.pickFiles();
    },
  },
  {
    id: 'open-folder',
    title: 'Open or add a folder…',
    group: 'Files',
    keys: [],
    also: 'choose pick directory load',
    isPossible: always,
    run: (page) => {
      page.pickFolder();
    },
  },
  {
    id: 'close',
    title: 'Close',
    group: 'Files',
    keys: [],
    also: 'forget all files',
    isPossible: isOpen,
    run: close,
  },
  {
    id: 'go-to-field',
    title: 'Go to an offset, or search the list',
    group: 'Places',
    keys: ['/'],
    also: 'byte sector place field',
    isPossible: always,
    run: (page) => {
      page.focusField();
    },
  },
  {
    id: 'back',
    title: 'Go back',
    group: 'Places',
    keys: ['Alt+ArrowLeft'],
    also: 'history previous',
    isPossible: always,
    run: () => {
      history.back();
    },
  },
  {
    id: 'forward',
    title: 'Go forward',
    group: 'Places',
    keys: ['Alt+ArrowRight'],
    also: 'history next',
    isPossible: always,
    run: () => {
      history.forward();
    },
  },
  {
    id: 'copy-link',
    title: 'Copy a link to this place',
    group: 'Places',
    keys: [],
    also: 'address url share clipboard',
    isPossible: always,
    run: (page) => {
      page.copyLink();
    },
  },
  {
    id: 'search',
    title: 'Search and do anything',
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
    title: 'Show the keyboard map',
    group: 'Page',
    keys: ['?'],
    also: 'shortcuts help hotkeys',
    isPossible: always,
    run: (page) => {
      page.showKeys();
    },
  },
  {
    id: 'theme',
    title: 'Change the theme',
    group: 'Page',
    keys: [],
    also: 'dark light system colours colors',
    isPossible: always,
    run: (page) => {
      page.changeTheme();
    },
  },
  {
    id: 'leave',
    title: 'Leave the field, or clear what is selected',
    group: 'Page',
    keys: ['Escape'],
    isKeyOnly: true,
    isPossible: always,
    run: (page) => {
      page.leave();
    },
  },
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

/** Keys that work where the keyboard is: in a list, in a table, among the bytes. */
export interface LocalKeys {
  where: string;
  keys: readonly (readonly [chords: readonly string[], does: string])[];
}

export const LOCAL_KEYS: readonly LocalKeys[] = [
  {
    where: 'In a list or a table',
    keys: [
      [['ArrowUp', 'ArrowDown'], 'Choose another line'],
      [['Home', 'End'], 'The first, the last line'],
      [['PageUp', 'PageDown'], 'Move a screen in a table'],
      [['Enter'], 'Open the line; its bytes, where it is a finding'],
    ],
  },
  {
    where: 'In the tree',
    keys: [
      [['ArrowLeft', 'ArrowRight'], 'Close, open a branch'],
      [['ArrowUp', 'ArrowDown'], 'Choose another structure'],
    ],
  },
  {
    where: 'Among the bytes',
    keys: [
      [['ArrowLeft', 'ArrowRight'], 'The byte before, after'],
      [['ArrowUp', 'ArrowDown'], 'The row above, below'],
      [['PageUp', 'PageDown'], 'Move a screen'],
      [['Home', 'End'], 'The start, the end of the file'],
      [['Shift+ArrowLeft', 'Shift+ArrowRight'], 'Select more, or less'],
    ],
  },
  {
    where: 'In the search of bytes',
    keys: [[['Enter', 'Shift+Enter'], 'The next one, the one before']],
  },
  {
    where: 'On the map',
    keys: [
      [['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'], 'Choose another cell'],
      [['Shift+ArrowLeft', 'Shift+ArrowRight'], 'Select more, or less'],
      [['+', '-'], 'Closer, farther'],
      [['Enter', 'Backspace'], 'Much closer, much farther'],
      [['0'], 'All of it'],
      [['PageUp', 'PageDown'], 'Move a screen'],
      [['Home', 'End'], 'The first, the last cell'],
    ],
  },
  {
    where: 'In a tour',
    keys: [[['ArrowLeft', 'ArrowRight'], 'The step before, after']],
  },
  {
    where: 'On a divider',
    keys: [[['ArrowLeft', 'ArrowRight'], 'Make a pane narrower, wider']],
  },
];
