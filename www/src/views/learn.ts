import { type TemplateResult, html } from 'lit';
import { go, openTour } from '../actions.ts';
import type { Page } from '../commands.ts';
import type { State } from '../state.ts';
import { icon } from '../ui/icons.ts';
import { aboutPart } from './about.ts';
import './compare.ts';
import { formatName } from './statement.ts';
import './tour.ts';
import { tours } from './tour-list.ts';

const PARTS = { tour: 'Guided tour', compare: 'Side by side', about: 'About' } as const;

type Part = keyof typeof PARTS;

/** How disk images work: a tour of the open one or of a sample, two formats side by side, and how this page works. */
export function learnView(state: State, page: Page): TemplateResult {
  const { at, report } = state;
  const shown = (Object.keys(PARTS) as Part[]).find((part) => part === at.part) ?? 'tour';
  return html`<nav class="learn-parts" aria-label="What to learn">
      ${(Object.entries(PARTS) as [Part, string][]).map(
        ([part, words]) =>
          html`<button
            data-part=${part}
            aria-current=${part === shown ? 'page' : 'false'}
            @click=${() => {
              go({ part });
            }}
          >
            ${words}
          </button>`,
      )}
    </nav>
    ${shown === 'tour' ? tourPart(state) : shown === 'compare' ? html`<dg-compare></dg-compare>` : aboutPart(report, page)}`;
}

function tourPart(state: State): TemplateResult {
  const { report, files, at, samples, sample, setAside } = state;
  if (files.length > 0 && !report) {
    return html`<div class="page"><p class="calm waiting">Looking at the headers…</p></div>`;
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
function tourChoice({ samples, report }: State): TemplateResult {
  return html`<div class="page tour-choice">
    <h1>How a disk image works</h1>
    <p>
      A tour shows the bytes that matter, in the order in which a person would look at them: how the format is
      recognised, what its header says, how its tables are read. At the end one sector of the disk is found by
      hand, with nothing but the bytes and simple arithmetic. When you have seen one, open an image of your
      own: the same tour then walks through that.
    </p>
    ${report ? html`<p class="calm">What is open is no image that can be toured. These samples can be.</p>` : ''}
    ${samples ? '' : html`<p class="calm waiting">Loading the samples…</p>`}
    <ul class="tours">
      ${tours(samples ?? []).map(
        ({ name, format, variant, title }) =>
          html`<li>
            <button
              data-tour=${name}
              @click=${() => {
                void openTour(name);
              }}
            >
              <b>${formatName(format)} · ${variant}</b><span>${title}</span>${icon('arrow')}
            </button>
          </li>`,
      )}
    </ul>
  </div>`;
}
