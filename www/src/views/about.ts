import { type TemplateResult, html } from 'lit';
import { type Page, commandOf } from '../commands.ts';
import type { Report } from '../generated/types.ts';
import { text } from '../text/index.ts';
import { keys } from '../ui/key-caps.ts';

/** What happens to a file here, how to check that, and how to get around. */
export function aboutPart(report: Report | undefined, page: Page): TemplateResult {
  const words = text().learn.about;
  const all = html`<button
    class="link"
    data-action="show-keys"
    @click=${() => {
      page.showKeys();
    }}
  >
    ${words.allKeys}
  </button>`;
  return html`<div class="page about-page">
    <h1>${words.title}</h1>
    <p>${words.lead}</p>
    <h2>${words.proof}</h2>
    <ol>
      <li>${words.policy(html`<pre class="policy">${policy()}</pre>`)}</li>
      <li>${words.network()}</li>
      <li>${words.offline}</li>
    </ol>
    <p>${words.pieces}</p>
    <h2>${words.limits}</h2>
    <p>${words.limitsWhy}</p>
    <h2>${words.keys}</h2>
    <p>${words.keyboard(commandOf('search').keys.map(keys), commandOf('show-keys').keys.map(keys), all)}</p>
    <p class="note">${words.licence(report ? ` ${report.tool.version}` : '')}</p>
  </div>`;
}

/** The policy as this very page declares it. */
function policy(): string {
  const meta = document.querySelector<HTMLMetaElement>('meta[http-equiv="Content-Security-Policy"]');
  return (meta?.content ?? '').split('; ').join(';\n');
}
