/** What is told of a volume, wherever it lies. */

import { type TemplateResult, html, nothing } from 'lit';
import { goToStructure } from '../actions.ts';
import type { Volume } from '../generated/types.ts';
import { text } from '../text/index.ts';
import { date, percent, size } from '../ui/format.ts';

export type Fact = [name: string, value: TemplateResult | string | null | undefined];

/** What a volume is called and what it tells of itself. */
export function volumeFacts(volume: Volume): Fact[] {
  const { size_bytes, used_bytes, block_bytes, devices } = volume;
  const { columns, facts, states, oneOf, bytes } = text().disk;
  return [
    [columns.volume, kind(volume)],
    [columns.label, volume.label],
    [facts.uuid, code(volume.uuid)],
    [facts.deviceUuid, code(volume.device_uuid)],
    [facts.devices, devices === null ? undefined : oneOf(devices)],
    [facts.size, size_bytes === null ? undefined : `${size(size_bytes)} · ${bytes(size_bytes)}`],
    [facts.used, used_bytes === null ? undefined : share(used_bytes, size_bytes)],
    [facts.unit, block_bytes === null ? undefined : size(block_bytes)],
    [facts.state, volume.state && states[volume.state]],
    [facts.made, volume.created && date(volume.created)],
    [facts.mounted, volume.mounted && date(volume.mounted)],
    [facts.written, volume.written && date(volume.written)],
    [facts.checked, volume.checked && date(volume.checked)],
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
  const words = text().disk;
  const title = words.volumesIn(contents.length, type);
  return html`<h3>${title}</h3>
    <div class="scroll-x" tabindex="0" role="region" aria-label=${title}>
      <table class="grid still">
        <thead>
          <tr>
            <th>${words.columns.name}</th>
            <th>${words.columns.layout}</th>
            <th class="numeric">${words.columns.size}</th>
            <th>${words.columns.volume}</th>
            <th>${words.columns.label}</th>
            <th>UUID</th>
            <th>${words.columns.where}</th>
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
                <td>${extents.length === 0 ? words.unknown : words.pieces(extents.length, complete)}</td>
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
  words: TemplateResult | string,
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
