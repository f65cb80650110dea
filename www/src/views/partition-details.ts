/** What is told of a single partition or volume, of a group of dynamic disks, and of how the disk would start. */

import { type TemplateResult, html, nothing } from 'lit';
import { goToGuest, goToPlace } from '../actions.ts';
import type { DynamicDisk, Entry, Report, Volume } from '../generated/types.ts';
import { text } from '../text/index.ts';
import { digits, hex, size } from '../ui/format.ts';
import { icon } from '../ui/icons.ts';
import { savePartitionButton } from './save-buttons.ts';
import { code, factList, structureButton, volumeContents, volumeFacts } from './volume-facts.ts';

/** One partition, and the ways to its bytes. */
export function partitionDetails(entry: Entry, sectorBytes: number): TemplateResult {
  const { volume, first_sector, sector_count } = entry;
  const words = text().disk;
  const bytes = sector_count * sectorBytes;
  return html`<section class="block">
    <h2>${(entry.role === 'container' ? words.container : words.partition)(entry.index)}</h2>
    ${factList([
      [
        words.columns.type,
        html`${entry.type_name === null ? words.unknown : html`<span lang="en">${entry.type_name}</span>`}
          <code>${entry.type_id}</code>`,
      ],
      [words.columns.name, entry.name],
      [words.identity, code(entry.id)],
      [words.attributes, entry.attributes.join(', ')],
      [words.sectors, words.fromTo(first_sector, first_sector + Math.max(0, sector_count - 1))],
      [words.columns.size, `${size(bytes)} · ${words.bytes(bytes)}`],
      [words.startsAt, digits(first_sector * sectorBytes)],
      ...(volume ? volumeFacts(volume) : []),
    ])}
    <div class="buttons">
      ${structureButton(entry.structure, words.showEntry)}
      ${structureButton(volume?.structure, text().disk.showSuperblock)}
      <button
        class="button small"
        data-action="translate"
        @click=${() => {
          goToGuest({ offset: first_sector * sectorBytes, length: sectorBytes });
        }}
      >
        ${icon('translate')}${words.whereFirst}
      </button>
      ${savePartitionButton(entry, sectorBytes)}
    </div>
    ${volume ? volumeContents(volume) : nothing}
  </section>`;
}

/** A volume that has the disk for itself. */
export function wholeDiskVolume(volume: Volume): TemplateResult {
  return html`<section class="block">
    <h2>${text().disk.wholeDisk}</h2>
    ${factList(volumeFacts(volume))}
    <div class="buttons">${structureButton(volume.structure, text().disk.showSuperblock)}</div>
    ${volumeContents(volume)}
  </section>`;
}

/** The group of dynamic disks, and which other disks its volumes need. */
export function dynamicGroup({ group, disks, volumes }: DynamicDisk): TemplateResult {
  const words = text().disk;
  return html`<section class="block">
    <h2>${words.group(group)}</h2>
    <p class="place">${words.groupDisks(disks)}</p>
    <div class="scroll-x" tabindex="0" role="region" aria-label=${words.groupVolumes}>
      <table class="grid still">
        <thead>
          <tr>
            <th>${words.columns.volume}</th>
            <th>${words.columns.layout}</th>
            <th class="numeric">${words.columns.size}</th>
            <th>${words.columns.letter}</th>
            <th>${words.columns.here}</th>
            <th>${words.columns.needs}</th>
          </tr>
        </thead>
        <tbody>
          ${volumes.map(
            ({ name, kind, size_bytes, hint, entries, needs }) =>
              html`<tr>
                <td>${name}</td>
                <td>${kind}</td>
                <td class="numeric">${size_bytes === null ? '' : size(size_bytes)}</td>
                <td>${hint ?? ''}</td>
                <td>${entries.join(', ')}</td>
                <td>${needs.join(', ') || words.none}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

/** How the disk would start, each fact with the bytes that say so. */
export function bootFacts(report: Report): TemplateResult | typeof nothing {
  if (report.boot.length === 0) return nothing;
  return html`<section class="block">
    <h2>${text().disk.boot}</h2>
    <ul class="boot-facts">
      ${report.boot.map(({ id, text: told, structure, places: [place] }) => {
        const known = report.structures.find(({ key }) => key === structure);
        return html`<li data-boot=${id}>
          <p lang="en">${told}</p>
          ${
            known
              ? structureButton(known.key, html`<span lang="en">${known.title}</span>`)
              : place
                ? html`<button
                    class="button small"
                    @click=${() => {
                      goToPlace(place);
                    }}
                  >
                    <code>${hex(place.offset)}</code>
                  </button>`
                : nothing
          }
        </li>`;
      })}
    </ul>
  </section>`;
}
