import { type TemplateResult, html } from 'lit';
import type { Report } from '../generated/types.ts';

/** What happens to a file here, how to check that, and how to get around. */
export function learnView(report: Report | undefined): TemplateResult {
  return html`<div class="page learn">
    <h1>Nothing you drop here leaves this computer</h1>
    <p>
      diskglass reads disk images with a program that runs inside this page. There is no server behind it that
      could take a file: the page is a handful of files that never change while you use it.
    </p>
    <h2>How to see that for yourself</h2>
    <ol>
      <li>
        The page forbids itself every connection, with a
        <b>Content-Security-Policy</b> that the browser enforces, also for the program that reads the files:
        <pre class="policy">${policy()}</pre>
        <code>connect-src 'none'</code> means: no request of any kind, to anywhere.
      </li>
      <li>
        Open the browser's developer tools, choose <b>Network</b>, and drop an image: no line appears. Type
        <code>fetch('/')</code> into the console: the browser refuses it.
      </li>
      <li>Or load the page, disconnect from the network, and go on: everything keeps working.</li>
    </ol>
    <p>
      Files are read in place and in small pieces, only as far as a question needs them. Nothing of them is
      stored: when you close the page, it has forgotten them. What it remembers are the theme and the widths
      of its panes.
    </p>
    <h2>What it cannot see</h2>
    <p>
      A browser hands over the bytes of a file and nothing else. Whether the file is compressed, encrypted or
      sparse on your disk, who may read it, and whether a program has it open are not visible here. Files
      inside the volumes of an image are not looked at.
    </p>
    <h2>Keys</h2>
    <dl class="aligned keys">
      ${KEYS.map(
        ([key, does]) =>
          html`<div>
            <dt>${key.map((cap) => html`<kbd>${cap}</kbd> `)}</dt>
            <dd>${does}</dd>
          </div>`,
      )}
    </dl>
    <p class="note">
      diskglass${report ? ` ${report.tool.version}` : ''} is free software under the MIT or the Apache 2.0
      licence. The same reader is a command: <code>diskglass inspect</code> prints what this page shows.
    </p>
  </div>`;
}

const KEYS: [string[], string][] = [
  [['1', '…', '8'], 'go to a view'],
  [['/'], 'go to the field of a view: an offset, a place of the disk, what samples are searched for'],
  [['↑', '↓'], 'move in a tree, a list, a table or the bytes'],
  [['←', '→'], 'close or open a branch; move from byte to byte, or a divider'],
  [['Page ↑', 'Page ↓', 'Home', 'End'], 'move far in a table or the bytes'],
  [['?'], 'this page'],
  [['Esc'], 'leave a field, or clear what is selected'],
];

/** The policy as this very page declares it. */
function policy(): string {
  const meta = document.querySelector<HTMLMetaElement>('meta[http-equiv="Content-Security-Policy"]');
  return (meta?.content ?? '').split('; ').join(';\n');
}
