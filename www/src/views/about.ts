import { type TemplateResult, html } from 'lit';
import { type Page, commandOf } from '../commands.ts';
import type { Report } from '../generated/types.ts';
import { keys } from '../ui/key-caps.ts';

/** What happens to a file here, how to check that, and how to get around. */
export function aboutPart(report: Report | undefined, page: Page): TemplateResult {
  return html`<div class="page about-page">
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
    <p>
      Everything can be done from the keyboard. ${commandOf('search').keys.map(keys)} finds commands, fields,
      values, findings and places; ${commandOf('show-keys').keys.map(keys)} shows
      <button
        class="link"
        data-action="show-keys"
        @click=${() => {
          page.showKeys();
        }}
      >
        all keys</button
      >.
    </p>
    <p class="note">
      diskglass${report ? ` ${report.tool.version}` : ''} is free software under the MIT or the Apache 2.0
      licence. The same reader is a command: <code>diskglass inspect</code> prints what this page shows.
    </p>
  </div>`;
}

/** The policy as this very page declares it. */
function policy(): string {
  const meta = document.querySelector<HTMLMetaElement>('meta[http-equiv="Content-Security-Policy"]');
  return (meta?.content ?? '').split('; ').join(';\n');
}
