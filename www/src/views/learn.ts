import { type TemplateResult, html } from 'lit';
import { go, openTour } from '../actions.ts';
import type { Page } from '../commands.ts';
import type { State } from '../state.ts';
import { text } from '../text/index.ts';
import { icon } from '../ui/icons.ts';
import { aboutPart } from './about.ts';
import './compare.ts';
import { formatName, variantName } from './statement.ts';
import './tour.ts';
import { tours } from './tour-list.ts';

const PARTS = ['tour', 'compare', 'about'] as const;

/** How disk images work: a tour of the open one or of a sample, two formats side by side, and how this page works. */
export function learnView(state: State, page: Page): TemplateResult {
  const { at, report } = state;
  const words = text().learn;
  const shown = PARTS.find((part) => part === at.part) ?? 'tour';
  return html`<nav class="learn-parts" aria-label=${words.nav}>
      ${PARTS.map(
        (part) =>
          html`<button
            data-part=${part}
            aria-current=${part === shown ? 'page' : 'false'}
            @click=${() => {
              go({ part });
            }}
          >
            ${words.parts[part]}
          </button>`,
      )}
    </nav>
    ${shown === 'tour' ? tourPart(state) : shown === 'compare' ? html`<dg-compare></dg-compare>` : aboutPart(report, page)}`;
}

function tourPart(state: State): TemplateResult {
  const { report, files, at, samples, sample, setAside } = state;
  if (files.length > 0 && !report) {
    return html`<div class="page"><p class="calm waiting">${text().common.waitingForHeaders}</p></div>`;
  }
  if (!report?.image) return tourChoice(state);
  return html`<dg-tour
    .report=${report}
    .at=${at}
    .files=${files}
    .samples=${samples}
    .sample=${sample}
    .hasOwn=${setAside.length > 0}
  ></dg-tour>`;
}

/** All tours, for those who have no image open. */
function tourChoice({ mainSamples, report }: State): TemplateResult {
  return html`<div class="page tour-choice">
    <h1>${text().learn.title}</h1>
    <p>${text().learn.lead}</p>
    ${report ? html`<p class="calm">${text().learn.noTour}</p>` : ''}
    ${mainSamples ? '' : html`<p class="calm waiting">${text().common.loadingSamples}</p>`}
    <ul class="tours">
      ${tours(mainSamples?.main ?? []).map(
        ({ name, format, variant, title }) =>
          html`<li>
            <button
              data-tour=${name}
              @click=${() => {
                void openTour(name);
              }}
            >
              <b>${formatName(format)} · ${variantName(variant)}</b
              ><span lang="en">${title}</span>${icon('arrow')}
            </button>
          </li>`,
      )}
    </ul>
  </div>`;
}
