/** The header, and what can be done there. */
export const header = {
  views: 'Views',
  search: 'Search',
  stop: (percent: number) => `Stop · ${String(percent)} %`,
  theme: (theme: string) => `Theme: ${theme}`,
  themes: { auto: 'auto', light: 'light', dark: 'dark' },
  goTo: 'Go to offset',
  goToLabel: 'Go to an offset in the file',
  goToHow: 'A byte offset: 512, 0x200, 63 s (sectors), 1.5 MiB, or -512 from the end',
  checking: 'Checking the data',
  reading: 'Reading',
  chooseFiles: 'Choose files',
  chooseFolder: 'Choose a folder',
  linkCopied: 'The link to this place was copied.',
  linkNotCopied: 'The browser does not let this page copy: the link is in the address bar.',
  keyMap: 'Keyboard map',
  keys: 'Keys',
  language: {
    /** A sign and the name of the language that can be switched to. */
    sign: 'あ',
    name: '日本語',
    failed: 'The Japanese words could not be loaded.',
  },
};
