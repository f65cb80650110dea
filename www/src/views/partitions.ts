import { type TemplateResult, html, nothing } from 'lit';
import { goToGuest, goToPartition, goToStructure } from '../actions.ts';
import type { Entry, Report } from '../generated/types.ts';
import { text } from '../text/index.ts';
import { digits, size } from '../ui/format.ts';
import { onRowKey } from '../ui/row-keys.ts';
import { diskBar, tint } from './disk-bar.ts';
import { type Row, layOut } from './disk-layout.ts';
import { findingList } from './finding-line.ts';
import { bootFacts, dynamicGroup, partitionDetails, wholeDiskVolume } from './partition-details.ts';
import { saveDiskButton } from './save-buttons.ts';
import { schemeName } from './schemes.ts';
import { kind } from './volume-facts.ts';

/** What is on the disk: the partitions to scale, and what each of them holds. */
export function partitionsView(report: Report, selected: number | undefined): TemplateResult {
  const { partitions } = report;
  if (!partitions) {
    return html`<div class="page"><p class="calm">${text().disk.unreadable}</p></div>`;
  }
  const words = text().disk;
  const { scheme, disk_id, sector_bytes, entries, volume, dynamic } = partitions;
  const findings = report.findings.filter(({ layer }) => layer === 'partition' || layer === 'volume');
  const entry = entries.find(({ index }) => index === selected);
  return html`<div class="page partitions">
    <header class="block-head">
      <h1>${scheme === 'none' ? words.noTable : words.tableOf(schemeName(scheme))}</h1>
      <p class="place">
        ${[
          scheme === 'none' ? '' : words.entries(entries.length),
          words.sectorsOf(sector_bytes),
          disk_id ? words.diskId(disk_id) : '',
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      ${saveDiskButton()}
    </header>
    ${entries.length > 0 ? html`${diskBar(report, selected, choose)} ${partitionTable(report, sector_bytes, selected)}` : nothing}
    ${volume ? wholeDiskVolume(volume) : nothing}
    ${entries.length === 0 && !volume ? html`<p class="calm">${words.nothingKnown}</p>` : nothing}
    ${entry ? partitionDetails(entry, sector_bytes) : nothing} ${dynamic ? dynamicGroup(dynamic) : nothing}
    ${
      findings.length > 0
        ? html`<section class="block">
            <h2>${words.findings}</h2>
            ${findingList(findings)}
          </section>`
        : nothing
    }
    ${bootFacts(report)}
  </div>`;
}

function choose(entry: Entry): void {
  goToPartition(entry);
}

/** Partitions and what lies between them, in the order of the disk. */
function partitionTable(report: Report, sectorBytes: number, selected: number | undefined): TemplateResult {
  const { columns } = text().disk;
  return html`<div class="scroll-x">
    <table class="grid">
      <thead>
        <tr>
          <th>#</th>
          <th>${columns.type}</th>
          <th>${columns.name}</th>
          <th>${columns.volume}</th>
          <th>${columns.label}</th>
          <th class="numeric">${columns.size}</th>
          <th class="numeric">${columns.first}</th>
          <th class="numeric">${columns.sectors}</th>
          <th>${columns.active}</th>
        </tr>
      </thead>
      <tbody>
        ${layOut(report).rows.map((row) => {
          if ('entry' in row) return entryRow(row.entry, row.depth, sectorBytes, selected);
          return 'structure' in row ? metadataRow(row, sectorBytes) : gapRow(row, sectorBytes);
        })}
      </tbody>
    </table>
  </div>`;
}

function entryRow(
  entry: Entry,
  depth: number,
  sectorBytes: number,
  selected: number | undefined,
): TemplateResult {
  const { index, role, parent, volume, active } = entry;
  return html`<tr
    data-partition=${index}
    class=${role}
    tabindex="0"
    aria-selected=${index === selected}
    @click=${() => {
      choose(entry);
    }}
    @keydown=${onRowKey}
  >
    <td><i class="swatch ${tint(entry)}"></i>${index}</td>
    <td class="indented" .style=${`--depth:${String(depth)}`}>
      ${parent === null ? nothing : html`<span class="nested" role="img" aria-label=${text().disk.inside(parent)}>└</span>`}<span
        lang="en"
        >${entry.type_name ?? entry.type_id}</span
      >
    </td>
    <td>${entry.name ?? ''}</td>
    <td>${volume ? kind(volume) : ''}</td>
    <td>${volume?.label ?? ''}</td>
    <td class="numeric">${size(entry.sector_count * sectorBytes)}</td>
    <td class="numeric">${digits(entry.first_sector)}</td>
    <td class="numeric">${digits(entry.sector_count)}</td>
    <td>${active ? text().disk.active : ''}</td>
  </tr>`;
}

function metadataRow(
  { structure, title, ...place }: Extract<Row, { structure: string }>,
  sectorBytes: number,
): TemplateResult {
  const row = fillerRow(
    place,
    sectorBytes,
    html`<span lang="en">${title}</span>`,
    text().disk.showBytes,
    () => {
      goToStructure(structure);
    },
  );
  return html`<tr data-metadata=${structure} class="filler" tabindex="0" @keydown=${onRowKey}>
    ${row}
  </tr>`;
}

function gapRow(place: Row, sectorBytes: number): TemplateResult {
  const row = fillerRow(place, sectorBytes, text().disk.notInPartition, text().disk.whereInFile, () => {
    goToGuest({ offset: place.first * sectorBytes, length: sectorBytes });
  });
  return html`<tr data-gap=${place.first} class="filler" tabindex="0" @keydown=${onRowKey}>
    ${row}
  </tr>`;
}

/** The cells of what is no partition: its words, which lead somewhere, and its place. */
function fillerRow(
  { first, count, depth }: Row,
  sectorBytes: number,
  words: TemplateResult | string,
  title: string,
  open: () => void,
): TemplateResult {
  return html`<td></td>
    <td colspan="4" class="indented" .style=${`--depth:${String(depth)}`}>
      <button class="link" tabindex="-1" title=${title} @click=${open}>${words}</button>
    </td>
    <td class="numeric">${size(count * sectorBytes)}</td>
    <td class="numeric">${digits(first)}</td>
    <td class="numeric">${digits(count)}</td>
    <td></td>`;
}
