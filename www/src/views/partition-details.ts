/** What is told of a single partition or volume, of a group of dynamic disks, and of how the disk would start. */

import { type TemplateResult, html, nothing } from 'lit';
import { goToGuest, goToPlace } from '../actions.ts';
import type { DynamicDisk, Entry, Report, Volume } from '../generated/types.ts';
import { count, digits, hex, size } from '../ui/format.ts';
import { icon } from '../ui/icons.ts';
import { savePartitionButton } from './save-buttons.ts';
import { code, factList, structureButton, volumeContents, volumeFacts } from './volume-facts.ts';

/** One partition, and the ways to its bytes. */
export function partitionDetails(entry: Entry, sectorBytes: number): TemplateResult {
  const { volume, first_sector, sector_count } = entry;
  const bytes = sector_count * sectorBytes;
  return html`<section class="block">
    <h2>${entry.role === 'container' ? 'Container' : 'Partition'} ${entry.index}</h2>
    ${factList([
      ['Type', html`${entry.type_name ?? 'unknown'} <code>${entry.type_id}</code>`],
      ['Name', entry.name],
      ['Identity', code(entry.id)],
      ['Attributes', entry.attributes.join(', ')],
      ['Sectors', `${digits(first_sector)} to ${digits(first_sector + Math.max(0, sector_count - 1))}`],
      ['Size', `${size(bytes)} · ${digits(bytes)} bytes`],
      ['Starts at byte', digits(first_sector * sectorBytes)],
      ...(volume ? volumeFacts(volume) : []),
    ])}
    <div class="buttons">
      ${structureButton(entry.structure, 'Show its entry')}
      ${structureButton(volume?.structure, 'Show its superblock')}
      <button
        class="button small"
        data-action="translate"
        @click=${() => {
          goToGuest({ offset: first_sector * sectorBytes, length: sectorBytes });
        }}
      >
        ${icon('translate')}Where its first sector lies
      </button>
      ${savePartitionButton(entry, sectorBytes)}
    </div>
    ${volume ? volumeContents(volume) : nothing}
  </section>`;
}

/** A volume that has the disk for itself. */
export function wholeDiskVolume(volume: Volume): TemplateResult {
  return html`<section class="block">
    <h2>The whole disk is one volume</h2>
    ${factList(volumeFacts(volume))}
    <div class="buttons">${structureButton(volume.structure, 'Show its superblock')}</div>
    ${volumeContents(volume)}
  </section>`;
}

/** The group of dynamic disks, and which other disks its volumes need. */
export function dynamicGroup({ group, disks, volumes }: DynamicDisk): TemplateResult {
  return html`<section class="block">
    <h2>Dynamic disk group ${group}</h2>
    <p class="place">${count(disks.length, 'disk')}: ${disks.join(', ')}. This one is ${disks[0]}.</p>
    <div class="scroll-x" tabindex="0" role="region" aria-label="Volumes of the group">
      <table class="grid still">
        <thead>
          <tr>
            <th>Volume</th>
            <th>Layout</th>
            <th class="numeric">Size</th>
            <th>Letter</th>
            <th>Partitions here</th>
            <th>Other disks it needs</th>
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
                <td>${needs.join(', ') || 'none'}</td>
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
    <h2>How it would start</h2>
    <ul class="boot-facts">
      ${report.boot.map(({ id, text, structure, places: [place] }) => {
        const known = report.structures.find(({ key }) => key === structure);
        return html`<li data-boot=${id}>
          <p>${text}</p>
          ${
            known
              ? structureButton(known.key, known.title)
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
