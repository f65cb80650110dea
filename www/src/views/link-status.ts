import { type TemplateResult, html } from 'lit';
import type { ExtentStatus, LinkStatus } from '../generated/types.ts';
import { type IconName, icon } from '../ui/icons.ts';

/** How a status is told: words, a sign, and how good that is. */
interface Telling {
  words: string;
  sign: IconName;
  tone: 'ok' | 'calm' | 'warning' | 'error';
}

const LINKS: Record<LinkStatus, Telling> = {
  base: { words: 'needs no parent', sign: 'base', tone: 'calm' },
  matches: { words: 'parent matches', sign: 'sound', tone: 'ok' },
  mismatched: { words: 'parent is another one', sign: 'error', tone: 'error' },
  missing: { words: 'parent is missing', sign: 'incomplete', tone: 'warning' },
  ambiguous: { words: 'several files could be the parent', sign: 'unknown', tone: 'warning' },
};

const EXTENTS: Record<ExtentStatus, Telling> = {
  found: { words: 'found', sign: 'sound', tone: 'ok' },
  missing: { words: 'missing', sign: 'incomplete', tone: 'warning' },
  ambiguous: { words: 'several files fit', sign: 'unknown', tone: 'warning' },
  mismatched: { words: 'not what was expected', sign: 'error', tone: 'error' },
  'not-needed': { words: 'needs no file', sign: 'base', tone: 'calm' },
  external: { words: 'outside the set', sign: 'info', tone: 'calm' },
};

/** What came of looking for a parent, in a sign and in words. */
export function linkStatus(status: LinkStatus): TemplateResult {
  return told(LINKS[status], status);
}

/** Whether the file of an extent was supplied, in a sign and in words. */
export function extentStatus(status: ExtentStatus): TemplateResult {
  return told(EXTENTS[status], status);
}

function told({ words, sign, tone }: Telling, status: string): TemplateResult {
  return html`<span class="told tone-${tone}" data-status=${status}>${icon(sign)}${words}</span>`;
}
