import { type TemplateResult, html, nothing } from 'lit';
import { goToView } from '../actions.ts';
import type { MainSamples } from '../gallery.ts';
import { text } from '../text/index.ts';
import { icon } from '../ui/icons.ts';
import { gallery } from './samples.ts';

/** What is seen while nothing is open. */
export function startView(
  samples: MainSamples | undefined,
  pickFiles: () => void,
  pickFolder: () => void,
): TemplateResult {
  const words = text().start;
  return html`<div class="page start">
    <h1>${words.title}</h1>
    <p class="lead">${words.lead}</p>
    <div class="drop-target">
      ${icon('file')}
      <p><b>${words.drop}</b>${words.dropMore}</p>
      <div class="buttons">
        <button class="button primary" @click=${pickFiles}>${text().common.chooseFiles}</button>
        <button class="button" @click=${pickFolder}>${text().common.chooseFolder}</button>
      </div>
    </div>
    <p class="promise">
      ${icon('lock')}<b>${words.promise}</b><br />
      ${words.promiseWhy}
      <button
        class="link"
        @click=${() => {
          goToView('learn');
        }}
      >
        ${words.seeForYourself}
      </button>
    </p>
    <div class="start-samples">
      <p class="start-or">
        ${words.noImage}
        ${
          samples
            ? html`<button
                class="link"
                @click=${() => {
                  goToView('samples');
                }}
              >
                ${words.allSamples(samples.count)}
              </button>`
            : nothing
        }
      </p>
      ${gallery(samples?.main)}
    </div>
  </div>`;
}
