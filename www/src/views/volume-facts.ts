/** What is told of a volume, wherever it lies. */

import { type TemplateResult, html, nothing } from 'lit';
import { goToStructure } from '../actions.ts';
import type { Volume } from '../generated/types.ts';
import { count, date, digits, percent, size } from '../ui/format.ts';

export type Fact = [name: string, value: TemplateResult | string | null | undefined];

/** In what state a volume was left, in words. */
const STATES: Record<NonNullable<Volume['state']>, string> = {
  clean: 'left clean',
  dirty: 'in use when it was last written to, or not unmounted',
  'needs-recovery': 'its journal has changes that are to be replayed',
  errors: 'marked as having errors',
  hibernated: 'a hibernated system will go on with it',
};

/** What a volume is called and what it tells of itself. */
export function volumeFacts(volume: Volume): Fact[] {
  const { size_bytes, used_bytes, block_bytes, devices } = volume;
  return [
    ['Volume', kind(volume)],
    ['Label', volume.label],
    ['Volume UUID', code(volume.uuid)],
    ['Device UUID', code(volume.device_uuid)],
    ['Devices', devices === null ? undefined : `one of ${digits(devices)}`],
    ['Volume size', size_bytes === null ? undefined : `${size(size_bytes)} · ${digits(size_bytes)} bytes`],
    ['In use', used_bytes === null ? undefined : share(used_bytes, size_bytes)],
    ['Unit', block_bytes === null ? undefined : size(block_bytes)],
    ['State', volume.state && STATES[volume.state]],
    ['Made', volume.created && date(volume.created)],
    ['Last mounted', volume.mounted && date(volume.mounted)],
    ['Last written', volume.written && date(volume.written)],
    ['Last checked', volume.checked && date(volume.checked)],
    ...volume.facts.map(({ name, value }): Fact => [name, value]),
  ];
}

/** A volume's type with its version: `vfat FAT32`. */
export function kind({ type, version }: Volume): string {
  return [type, version].filter(Boolean).join(' ');
}

function share(used: number, whole: number | null): string {
  return whole ? `${size(used)} · ${percent(used, whole)}` : size(used);
}

/** The volumes inside another one: logical volumes, or those of a container. */
export function volumeContents({ contents, type }: Volume): TemplateResult | typeof nothing {
  if (contents.length === 0) return nothing;
  return html`<h3>${count(contents.length, 'volume')} in this ${type}</h3>
    <div class="scroll-x" tabindex="0" role="region" aria-label="Volumes in this ${type}">
      <table class="grid still">
        <thead>
          <tr>
            <th>Name</th>
            <th>Layout</th>
            <th class="numeric">Size</th>
            <th>Volume</th>
            <th>Label</th>
            <th>UUID</th>
            <th>Where it lies</th>
          </tr>
        </thead>
        <tbody>
          ${contents.map(
            ({ name, layout, size_bytes, volume, id, complete, extents }) =>
              html`<tr data-content=${name}>
                <td>${name}</td>
                <td>${layout ?? ''}</td>
                <td class="numeric">${size_bytes === null ? '' : size(size_bytes)}</td>
                <td>${volume ? kind(volume) : ''}</td>
                <td>${volume?.label ?? ''}</td>
                <td>${code(volume?.uuid ?? id)}</td>
                <td>
                  ${extents.length === 0 ? 'unknown' : `${count(extents.length, 'piece')}${complete ? '' : ', not all of it here'}`}
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

/** Names and values in two columns; what has no value is left out. */
export function factList(facts: readonly Fact[]): TemplateResult {
  return html`<dl class="aligned">
    ${facts
      .filter(([, value]) => value)
      .map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
  </dl>`;
}

export function code(value: string | null | undefined): TemplateResult | undefined {
  return value ? html`<code>${value}</code>` : undefined;
}

export function structureButton(
  key: string | null | undefined,
  words: string,
): TemplateResult | typeof nothing {
  if (!key) return nothing;
  return html`<button
    class="button small"
    @click=${() => {
      goToStructure(key);
    }}
  >
    ${words}
  </button>`;
}
