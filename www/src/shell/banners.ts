import { type TemplateResult, html, nothing } from 'lit';
import { close, dismissNotice, store, tryAgain } from '../actions.ts';
import { takeUpdate } from '../offline.ts';
import type { State } from '../state.ts';
import { text } from '../text/index.ts';
import { icon } from '../ui/icons.ts';

/** What to know and do when the reader has stopped. */
export function failureBanner({ phase, failure }: State): TemplateResult | typeof nothing {
  if (phase !== 'failed' || failure === undefined) return nothing;
  const words = text().failures;
  return html`<section class="failure" role="alert">
    ${icon('error')}
    <div>
      <h2>${words.title}</h2>
      <p>${words.about}</p>
      <pre>${failure}</pre>
      <div class="buttons">
        <button class="button primary" data-action="retry" @click=${tryAgain}>${words.tryAgain}</button>
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
                ${words.copy}
              </button>`
            : nothing
        }
        <button class="button" @click=${close}>${text().common.close}</button>
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
    <button class="icon-button" aria-label=${text().failures.dismiss} @click=${dismissNotice}>
      ${icon('close')}
    </button>
  </section>`;
}

/** That a newer version of the page is ready. The reader decides when to go over to it. */
export function updateBanner({ hasUpdate }: State): TemplateResult | typeof nothing {
  if (!hasUpdate) return nothing;
  const words = text().update;
  return html`<section class="notice update" role="status">
    ${icon('info')}
    <p>
      ${words.ready}
      <button class="link" data-action="take-update" @click=${takeUpdate}>${words.reload}</button>
    </p>
    <button
      class="icon-button"
      aria-label=${text().failures.dismiss}
      @click=${() => {
        store.set({ hasUpdate: false });
      }}
    >
      ${icon('close')}
    </button>
  </section>`;
}

/** What lies over the page while files are dragged over it. */
export function dropOverlay({ files, sample }: State): TemplateResult {
  const adds = files.length > 0 && sample === undefined;
  return html`<div class="drop-overlay">
    <p>${adds ? text().failures.dropMore : text().failures.drop}</p>
  </div>`;
}
