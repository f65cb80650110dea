import { type TemplateResult, html } from 'lit';
import type { ExtentStatus, LinkStatus } from '../generated/types.ts';
import { text } from '../text/index.ts';
import { type IconName, icon } from '../ui/icons.ts';

/** How a status is told beside its words: a sign, and how good that is. */
interface Telling {
  sign: IconName;
  tone: 'ok' | 'calm' | 'warning' | 'error';
}

const LINKS: Record<LinkStatus, Telling> = {
  base: { sign: 'base', tone: 'calm' },
  matches: { sign: 'sound', tone: 'ok' },
  mismatched: { sign: 'error', tone: 'error' },
  missing: { sign: 'incomplete', tone: 'warning' },
  ambiguous: { sign: 'unknown', tone: 'warning' },
};

const EXTENTS: Record<ExtentStatus, Telling> = {
  found: { sign: 'sound', tone: 'ok' },
  missing: { sign: 'incomplete', tone: 'warning' },
  ambiguous: { sign: 'unknown', tone: 'warning' },
  mismatched: { sign: 'error', tone: 'error' },
  'not-needed': { sign: 'base', tone: 'calm' },
  external: { sign: 'info', tone: 'calm' },
};

/** What came of looking for a parent, in a sign and in words. */
export function linkStatus(status: LinkStatus): TemplateResult {
  return told(LINKS[status], status, text().chain.links[status]);
}

/** Whether the file of an extent was supplied, in a sign and in words. */
export function extentStatus(status: ExtentStatus): TemplateResult {
  return told(EXTENTS[status], status, text().chain.extents[status]);
}

function told({ sign, tone }: Telling, status: string, words: string): TemplateResult {
  return html`<span class="told tone-${tone}" data-status=${status}>${icon(sign)}${words}</span>`;
}
