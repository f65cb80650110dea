import { type TemplateResult, html, nothing } from 'lit';
import { go, goToGuest, goToStructure } from '../actions.ts';
import type { Entry, Report } from '../generated/types.ts';
import { count, digits, size } from '../ui/format.ts';
import { icon } from '../ui/icons.ts';
import { onRowKey } from '../ui/row-keys.ts';
import { diskBar, tint } from './disk-bar.ts';
import { findingList } from './finding-line.ts';

/** What is on the disk: the partitions to scale, and what each of them holds. */
export function partitionsView(report: Report, selected: number | undefined): TemplateResult {
  const { partitions, boot } = report;
  if (!partitions) {
    return html`<div class="page"><p class="calm">Nothing of the disk could be read.</p></div>`;
  }
  const { scheme, disk_id, sector_bytes, entries, volume } = partitions;
  const findings = report.findings.filter(({ layer }) => layer === 'partition' || layer === 'volume');
  const entry = entries.find(({ index }) => index === selected);
  return html`<div class="page partitions">
    <header class="block-head">
      <h1>${scheme === 'none' ? 'No partition table' : `${scheme.toUpperCase()} partition table`}</h1>
      <p class="place">
        ${[
          scheme === 'none' ? '' : count(entries.length, 'entry', 'entries'),
          `sectors of ${digits(sector_bytes)} bytes`,
          disk_id ? `disk id ${disk_id}` : '',
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
    </header>
    ${entries.length > 0 ? html`${diskBar(report, selected, choose)} ${partitionTable(entries, sector_bytes, selected)}` : nothing}
    ${
      volume
        ? html`<section class="block">
            <h2>The whole disk is one volume</h2>
            <dl class="aligned">
              <div>
                <dt>Type</dt>
                <dd>${volume.type} ${volume.version ?? ''}</dd>
              </div>
              ${
                volume.label
                  ? html`<div>
                      <dt>Label</dt>
                      <dd>${volume.label}</dd>
                    </div>`
                  : nothing
              }
              ${
                volume.uuid
                  ? html`<div>
                      <dt>UUID</dt>
                      <dd><code>${volume.uuid}</code></dd>
                    </div>`
                  : nothing
              }
              ${
                volume.size_bytes === null
                  ? nothing
                  : html`<div>
                      <dt>Size</dt>
                      <dd>${size(volume.size_bytes)}</dd>
                    </div>`
              }
            </dl>
            ${structureButton(volume.structure, 'Show its superblock')}
          </section>`
        : nothing
    }
    ${
      entries.length === 0 && !volume
        ? html`<p class="calm">There is no partition table and no known volume at the start of the disk.</p>`
        : nothing
    }
    ${entry ? details(entry, sector_bytes) : nothing}
    ${
      findings.length > 0
        ? html`<section class="block">
            <h2>Findings</h2>
            ${findingList(findings)}
          </section>`
        : nothing
    }
    ${
      boot.length > 0
        ? html`<section class="block">
            <h2>How it would start</h2>
            <ul class="plain">
              ${boot.map(({ text }) => html`<li>${text}</li>`)}
            </ul>
          </section>`
        : nothing
    }
  </div>`;
}

function choose({ index }: Entry): void {
  go({ partition: index });
}

function partitionTable(
  entries: readonly Entry[],
  sectorBytes: number,
  selected: number | undefined,
): TemplateResult {
  return html`<div class="scroll-x">
    <table class="grid">
      <thead>
        <tr>
          <th>#</th>
          <th>Type</th>
          <th>Name</th>
          <th>Volume</th>
          <th>Label</th>
          <th class="numeric">Size</th>
          <th class="numeric">First sector</th>
          <th class="numeric">Sectors</th>
          <th>Active</th>
        </tr>
      </thead>
      <tbody>
        ${entries.map(
          (entry) =>
            html`<tr
              data-partition=${entry.index}
              class=${entry.role}
              tabindex="0"
              aria-selected=${entry.index === selected}
              @click=${() => {
                choose(entry);
              }}
              @keydown=${onRowKey}
            >
              <td><i class="swatch ${tint(entry)}"></i>${entry.index}</td>
              <td>
                ${entry.parent === null ? nothing : html`<span class="nested" aria-label="in ${entry.parent}">└ </span>`}${entry.type_name ?? entry.type_id}
              </td>
              <td>${entry.name ?? ''}</td>
              <td>${[entry.volume?.type, entry.volume?.version].filter(Boolean).join(' ')}</td>
              <td>${entry.volume?.label ?? ''}</td>
              <td class="numeric">${size(entry.sector_count * sectorBytes)}</td>
              <td class="numeric">${digits(entry.first_sector)}</td>
              <td class="numeric">${digits(entry.sector_count)}</td>
              <td>${entry.active ? 'active' : ''}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function details(entry: Entry, sectorBytes: number): TemplateResult {
  const { volume } = entry;
  const last = entry.first_sector + Math.max(0, entry.sector_count - 1);
  const facts: [string, TemplateResult | string | null | undefined][] = [
    ['Type', html`${entry.type_name ?? 'unknown'} <code>${entry.type_id}</code>`],
    ['Name', entry.name],
    ['Identity', entry.id && html`<code>${entry.id}</code>`],
    ['Sectors', `${digits(entry.first_sector)} to ${digits(last)}`],
    ['Size', `${size(entry.sector_count * sectorBytes)} · ${digits(entry.sector_count * sectorBytes)} bytes`],
    ['Starts at byte', digits(entry.first_sector * sectorBytes)],
    ['Volume', volume && [volume.type, volume.version].filter(Boolean).join(' ')],
    ['Label', volume?.label],
    ['Volume UUID', volume?.uuid && html`<code>${volume.uuid}</code>`],
    [
      'Volume size',
      volume?.size_bytes ? `${size(volume.size_bytes)} · ${digits(volume.size_bytes)} bytes` : undefined,
    ],
  ];
  return html`<section class="block">
    <h2>${entry.role === 'container' ? 'Container' : 'Partition'} ${entry.index}</h2>
    <dl class="aligned">
      ${facts
        .filter(([, value]) => value)
        .map(
          ([name, value]) =>
            html`<div>
              <dt>${name}</dt>
              <dd>${value}</dd>
            </div>`,
        )}
    </dl>
    <div class="buttons">
      ${structureButton(entry.structure, 'Show its entry')}
      ${structureButton(volume?.structure, 'Show its superblock')}
      <button
        class="button small"
        data-action="translate"
        @click=${() => {
          goToGuest({ offset: entry.first_sector * sectorBytes, length: sectorBytes });
        }}
      >
        ${icon('translate')}Where its first sector lies
      </button>
    </div>
  </section>`;
}

function structureButton(key: string | null | undefined, words: string): TemplateResult | typeof nothing {
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
