import { type TemplateResult, html } from 'lit';

/** What there is to learn, and what this page does with a file. */
export const learn = {
  nav: 'What to learn',
  parts: { tour: 'Guided tour', compare: 'Side by side', about: 'About' },
  title: 'How a disk image works',
  lead: 'A tour shows the bytes that matter, in the order in which a person would look at them: how the format is recognised, what its header says, how its tables are read. At the end one sector of the disk is found by hand, with nothing but the bytes and simple arithmetic. When you have seen one, open an image of your own: the same tour then walks through that.',
  noTour: 'What is open is no image that can be toured. These samples can be.',
  about: {
    title: 'Nothing you drop here leaves this computer',
    lead: 'diskglass reads disk images with a program that runs inside this page. There is no server behind it that could take a file: the page is a handful of files that never change while you use it.',
    proof: 'How to see that for yourself',
    policy: (policy: TemplateResult): TemplateResult =>
      html`The page forbids itself every connection, with a <b>Content-Security-Policy</b> that the browser
        enforces, also for the program that reads the files: ${policy} <code>connect-src 'none'</code> means:
        no request of any kind, to anywhere. All that is ever loaded are the page's own files.`,
    network: (): TemplateResult =>
      html`Open the browser's developer tools (F12, or ⌥⌘I on a Mac), choose <b>Network</b>, and drop an
        image: no line appears but for the page's own files, from <code>assets</code>, when one of them is
        needed for the first time. Type <code>fetch('/')</code> into the console: the browser refuses it.`,
    offline:
      'Or load the page, disconnect from the network after a moment, and go on: everything keeps working. (Where the page comes from an address without https, the browser keeps no copy of it: what was not needed yet is missing then.) The policy is at the top of the source of this page: Ctrl+U (⌥⌘U on a Mac) shows it.',
    pieces:
      'Files are read in place and in small pieces, only as far as a question needs them. Nothing of them is stored: when you close the page, it has forgotten them. What it remembers are the theme, the language and the widths of its panes.',
    limits: 'What it cannot see',
    limitsWhy:
      'A browser hands over the bytes of a file and nothing else. Whether the file is compressed, encrypted or sparse on your disk, who may read it, and whether a program has it open are not visible here. Files inside the volumes of an image are not looked at.',
    keys: 'Keys',
    keyboard: (search: unknown, map: unknown, all: TemplateResult): TemplateResult =>
      html`Everything can be done from the keyboard. ${search} finds commands, fields, values, findings and
      places; ${map} shows ${all}.`,
    allKeys: 'all keys',
    licence: (version: string): TemplateResult =>
      html`diskglass${version} is free software under the MIT or the Apache 2.0 licence. The same reader is a
        command: <code>diskglass inspect</code> prints what this page shows.`,
  },
};
