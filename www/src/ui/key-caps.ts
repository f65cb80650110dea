import { type TemplateResult, html } from 'lit';
import { keyCaps } from './keyboard.ts';

/** The keys of a chord, as they are on the keyboard. */
export function keys(chord: string): TemplateResult {
  return html`<span class="chord" data-chord=${chord}
    >${keyCaps(chord).map((cap) => html`<kbd>${cap}</kbd>`)}</span
  >`;
}
