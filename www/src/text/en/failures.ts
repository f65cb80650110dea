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
  notComplete: (why: string) =>
    `This takes a part of the program that could not be loaded: is the server of the page out of reach? ${why}`,
  readerNotStarted: 'The program that reads the files could not be started.',
  helperNotStarted: (why: string) => `A worker could not be started. ${why}`,
  ended: 'The program that reads the files did not stop when asked to, and was ended.',
  lacks: (names: readonly string[]) =>
    `This browser has no ${names.join(' and no ')}. Browsers from 2023 on do: Chromium, Edge, Firefox, Safari.`,
  outOfReach: (size: string, limit: string) =>
    `From a page that was opened as a file, this browser reads images only by way of memory, and these take ${size}: more than ${limit}. Open the page in Firefox or in a browser of the Chromium family, or serve its folder on this computer: run “python3 -m http.server --bind 127.0.0.1” in it, and go to http://127.0.0.1:8000/diskglass.html.`,
  dropMore: 'Drop to add to what is open',
  drop: 'Drop to look inside',
};
