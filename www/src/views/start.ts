import { type TemplateResult, html, nothing } from 'lit';
import { goToView } from '../actions.ts';
import type { SampleInfo } from '../generated/types.ts';
import { icon } from '../ui/icons.ts';
import { gallery } from './samples.ts';

/** What is seen while nothing is open. */
export function startView(
  samples: readonly SampleInfo[] | undefined,
  pickFiles: () => void,
  pickFolder: () => void,
): TemplateResult {
  return html`<div class="page start">
    <h1>Look inside a virtual disk image</h1>
    <p class="lead">
      See what a VHD, VMDK or raw image is, who wrote it, whether it is whole, and what is on it, down to
      every byte.
    </p>
    <div class="drop-target">
      ${icon('file')}
      <p><b>Drop an image here</b>, or a folder with everything that belongs to it</p>
      <div class="buttons">
        <button class="button primary" @click=${pickFiles}>Choose files…</button>
        <button class="button" @click=${pickFolder}>Choose a folder…</button>
      </div>
    </div>
    <p class="promise">
      ${icon('lock')}<b>Nothing you drop here leaves this computer.</b><br />
      The page's Content-Security-Policy forbids every connection, and your browser enforces it.
      <button
        class="link"
        @click=${() => {
          goToView('learn');
        }}
      >
        See for yourself
      </button>
    </p>
    <div class="start-samples">
      <p class="start-or">
        No image at hand? Open a sample.
        ${
          samples
            ? html`<button
                class="link"
                @click=${() => {
                  goToView('samples');
                }}
              >
                All ${samples.length}, one for each finding
              </button>`
            : nothing
        }
      </p>
      ${gallery(samples)}
    </div>
  </div>`;
}
