import { type TemplateResult, html } from 'lit';

/** Words in which backquotes mark what stands in the bytes: `conectix`. */
export function prose(text: string): (string | TemplateResult)[] {
  return text.split('`').map((part, nth) => (nth % 2 === 1 ? html`<code>${part}</code>` : part));
}
