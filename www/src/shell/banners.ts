import { type TemplateResult, html, nothing } from 'lit';
import { close, dismissNotice, tryAgain } from '../actions.ts';
import type { State } from '../state.ts';
import { icon } from '../ui/icons.ts';

/** What to know and do when the reader has stopped. */
export function failureBanner({ phase, failure }: State): TemplateResult | typeof nothing {
  if (phase !== 'failed' || failure === undefined) return nothing;
  return html`<section class="failure" role="alert">
    ${icon('error')}
    <div>
      <h2>The program that reads the files stopped unexpectedly</h2>
      <p>
        This is a fault in diskglass, not in your file. Your files are untouched and still open here; what had
        been found so far is shown below.
      </p>
      <pre>${failure}</pre>
      <div class="buttons">
        <button class="button primary" data-action="retry" @click=${tryAgain}>Try again</button>
        ${
          // Without it the text can still be selected.
          isSecureContext
            ? html`<button
                class="button"
                data-action="copy-failure"
                @click=${() => {
                  void navigator.clipboard.writeText(failure);
                }}
              >
                Copy the message
              </button>`
            : nothing
        }
        <button class="button" @click=${close}>Close</button>
      </div>
    </div>
  </section>`;
}

/** A line on what went wrong. */
export function noticeBanner({ notice }: State): TemplateResult | typeof nothing {
  if (notice === undefined) return nothing;
  return html`<section class="notice" role="alert">
    ${icon('warning')}
    <p>${notice}</p>
    <button class="icon-button" aria-label="Dismiss" @click=${dismissNotice}>${icon('close')}</button>
  </section>`;
}

/** What lies over the page while files are dragged over it. */
export function dropOverlay({ files, sample }: State): TemplateResult {
  const adds = files.length > 0 && sample === undefined;
  return html`<div class="drop-overlay">
    <p>${adds ? 'Drop to add to what is open' : 'Drop to look inside'}</p>
  </div>`;
}
