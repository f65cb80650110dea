/** What went wrong with opening or reading files. */
export const failures = {
  title: 'The program that reads the files stopped unexpectedly',
  about:
    'This is a fault in diskglass, not in your file. Your files are untouched and still open here; what had been found so far is shown below.',
  tryAgain: 'Try again',
  copy: 'Copy the message',
  dismiss: 'Dismiss',
  checkStopped: (why: string) =>
    `The check of the data stopped unexpectedly, which is a fault in diskglass. ${why}`,
  noFileDropped: 'There was no file in what was dropped.',
  noSample: (name: string) => `There is no sample called “${name}”.`,
  notStarted: (why: string) => `The program could not be started. ${why}`,
  readerNotStarted: 'The program that reads the files could not be started.',
  helperNotStarted: (why: string) => `A worker could not be started. ${why}`,
  ended: 'The program that reads the files did not stop when asked to, and was ended.',
  lacks: (names: readonly string[]) =>
    `This browser has no ${names.join(' and no ')}. Browsers from 2023 on do: Chromium, Edge, Firefox, Safari.`,
  dropMore: 'Drop to add to what is open',
  drop: 'Drop to look inside',
};
