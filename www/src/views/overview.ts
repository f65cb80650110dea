import { type TemplateResult, html, nothing } from 'lit';
import { chooseImage, goToPartition, goToView } from '../actions.ts';
import type { InspectedImage, Report } from '../generated/types.ts';
import { nameOf, text } from '../text/index.ts';
import { baseName, date, decimalSize, percent, size } from '../ui/format.ts';
import { type IconName, icon } from '../ui/icons.ts';
import type { State } from '../state.ts';
import { deepCheck } from './deep-check.ts';
import { diskBar } from './disk-bar.ts';
import { findingList } from './finding-line.ts';
import { linkStatus } from './link-status.ts';
import { saveDiskButton } from './save-buttons.ts';
import { schemeName } from './schemes.ts';
import { formatName, missing, statement, variantName } from './statement.ts';

/** Findings shown here; the others are in their own view. */
const TOP_FINDINGS = 4;

const VERDICT_ICONS: Record<Report['verdict'], IconName> = {
  sound: 'sound',
  warnings: 'warning',
  damaged: 'error',
  incomplete: 'incomplete',
  unrecognised: 'unknown',
};

/** The answer first, then the facts it rests on. */
export function overview(state: State, report: Report, addFiles: () => void): TemplateResult {
  const isReading = state.phase === 'reading' && state.job === 'tables';
  return html`<div class="page overview">
    ${hero(report)} ${deepCheck(state)} ${imageChooser(report)}
    <div class="overview-columns ${report.image ? '' : 'single'}">
      ${report.image ? html`<div class="overview-main">${facts(report, isReading)} ${disk(report)}</div>` : nothing}
      <div class="overview-side">${topFindings(report)} ${files(report, addFiles)} ${chain(report)}</div>
    </div>
  </div>`;
}

/** The verdict in one word, with its sign. */
export function verdictChip(verdict: Report['verdict']): TemplateResult {
  return html`<span class="chip verdict-${verdict}" data-verdict=${verdict}
    >${icon(VERDICT_ICONS[verdict])}${text().statement.verdicts[verdict]}</span
  >`;
}

function hero(report: Report): TemplateResult {
  const { title, about, verdict, next } = statement(report);
  return html`<header class="hero verdict-${report.verdict}">
    <div class="hero-sign">${icon(VERDICT_ICONS[report.verdict])}</div>
    <div class="hero-words">
      <h1>${title}</h1>
      <p class="hero-verdict">${verdict}</p>
      ${about.length > 0 ? html`<p class="hero-about">${about.join(' ')}</p>` : nothing}
      ${next === undefined ? nothing : html`<p class="hero-next"><b>${text().overview.next}</b> <span lang=${next.isReaders ? 'en' : nothing}>${next.words}</span></p>`}
    </div>
  </header>`;
}

function imageChooser({ images, image }: Report): TemplateResult | typeof nothing {
  if (images.length < 2) return nothing;
  const words = text().overview;
  return html`<section class="block">
    <h2>${words.imagesInSet(images.length)}</h2>
    <div class="choices" role="radiogroup" aria-label=${words.inspectedImage}>
      ${images.map(
        ({ key, format, variant }) =>
          html`<button
            class="choice"
            role="radio"
            aria-checked=${key === image?.key}
            data-image=${key}
            @click=${() => {
              chooseImage(key);
            }}
          >
            <b>${baseName(key)}</b
            ><span>${[formatName(format), variantName(variant)].filter(Boolean).join(', ')}</span>
          </button>`,
      )}
    </div>
  </section>`;
}

type Fact = [label: string, value: TemplateResult | string, note?: string];

function facts(report: Report, isReading: boolean): TemplateResult | typeof nothing {
  const { image } = report;
  if (!image) return nothing;
  const groups = [sizes(report, image, isReading), identity(report, image)].filter(
    ({ length }) => length > 0,
  );
  return html`<section class="block">
    <div class="block-head">
      <h2>${text().overview.facts}</h2>
      ${saveDiskButton()}
    </div>
    <div class="facts">
      ${groups.map(
        (group) =>
          html`<dl>
            ${group.map(
              ([label, value, note]) =>
                html`<div>
                  <dt>${label}</dt>
                  <dd>${value}${note ? html`<span class="note">${note}</span>` : nothing}</dd>
                </div>`,
            )}
          </dl>`,
      )}
    </div>
  </section>`;
}

function sizes(report: Report, image: InspectedImage, isReading: boolean): Fact[] {
  const words = text().overview;
  const facts: Fact[] = [];
  const { virtual_size_bytes, chs_size_bytes, unit_bytes, total_units } = image;
  if (virtual_size_bytes !== null) {
    facts.push([words.virtualSize, size(virtual_size_bytes), bothUnits(virtual_size_bytes)]);
  }
  if (chs_size_bytes !== null && chs_size_bytes !== virtual_size_bytes) {
    facts.push([words.byGeometry, size(chs_size_bytes), bothUnits(chs_size_bytes)]);
  }
  const own = report.files.filter(({ role }) => role !== 'unrelated' && role !== 'parent');
  const stored = own.reduce((sum, file) => sum + (file.size ?? 0), 0);
  facts.push([words.filesSize, size(stored), own.length > 1 ? words.inFiles(own.length) : bothUnits(stored)]);
  if (unit_bytes !== null) {
    facts.push([words.unit, size(unit_bytes), total_units === null ? '' : words.units(total_units)]);
    facts.push([words.allocated, allocated(image, isReading)]);
  }
  facts.push([words.sector, words.bytes(image.logical_sector_bytes)]);
  return facts;
}

function bothUnits(bytes: number): string {
  return bytes < 1000 ? '' : `${decimalSize(bytes)} · ${text().overview.bytes(bytes)}`;
}

function allocated(image: InspectedImage, isReading: boolean): TemplateResult | string {
  const words = text().overview;
  const { allocated_units, total_units, unit_bytes } = image;
  if (allocated_units === null || total_units === null) {
    return html`<span class="waiting">${isReading ? words.reading : words.notRead}</span>`;
  }
  const share = total_units === 0 ? 0 : (allocated_units / total_units) * 100;
  return html`<span class="meter" role="presentation"><i .style=${`width:${String(share)}%`}></i></span
    >${percent(allocated_units, total_units)}
    <span class="note"
      >${words.allocatedUnits(allocated_units, size(allocated_units * (unit_bytes ?? 0)))}</span
    >`;
}

function identity(report: Report, image: InspectedImage): Fact[] {
  const words = text().overview;
  const facts: Fact[] = [[words.format, formatName(image.format), variantName(image.variant)]];
  if (image.producer) facts.push([words.writtenBy, image.producer]);
  if (image.created_utc) facts.push([words.created, date(image.created_utc)]);
  if (image.id) facts.push([image.id_kind?.toUpperCase() ?? words.id, html`<code>${image.id}</code>`]);
  if (image.parent) {
    const { file, names, status } = image.parent;
    const name = file ?? names[0];
    facts.push([
      words.parent,
      name === undefined ? words.unnamed : baseName(name),
      words.parentStatus[status],
    ]);
  }
  const { partitions } = report;
  if (partitions && partitions.scheme !== 'none') {
    facts.push([
      words.partitionTable,
      schemeName(partitions.scheme),
      words.entries(partitions.entries.length),
    ]);
    if (partitions.disk_id) facts.push([words.diskId, html`<code>${partitions.disk_id}</code>`]);
  }
  return facts;
}

function disk(report: Report): TemplateResult | typeof nothing {
  const { partitions } = report;
  if (!partitions || partitions.entries.length === 0) return nothing;
  return html`<section class="block">
    <div class="block-head">
      <h2>${text().overview.onTheDisk}</h2>
      <button
        class="link"
        @click=${() => {
          goToView('partitions');
        }}
      >
        ${text().overview.allPartitions}
      </button>
    </div>
    ${diskBar(report, undefined, goToPartition)}
  </section>`;
}

function topFindings({ findings }: Report): TemplateResult {
  const words = text().overview;
  if (findings.length === 0) {
    return html`<section class="block">
      <h2>${words.findings}</h2>
      <p class="calm">${text().common.nothingToReport}</p>
    </section>`;
  }
  return html`<section class="block">
    <div class="block-head">
      <h2>${words.findings}</h2>
      <button
        class="link"
        @click=${() => {
          goToView('findings');
        }}
      >
        ${findings.length > TOP_FINDINGS ? words.all(findings.length) : words.details}
      </button>
    </div>
    ${findingList(findings.slice(0, TOP_FINDINGS))}
  </section>`;
}

function files(report: Report, addFiles: () => void): TemplateResult {
  const words = text().overview;
  const wanted = missing(report);
  return html`<section class="block">
    <div class="block-head">
      <h2>${words.files(report.files.length)}</h2>
      <button class="link" @click=${addFiles}>${text().common.addFiles}</button>
    </div>
    <ul class="file-list">
      ${report.files.map(
        ({ name, size: bytes, role }) =>
          html`<li>
            ${icon('file')}<span class="file-name" title=${name}>${name}</span
            ><span class="file-role">${nameOf(text().common.roles, role)}</span
            ><span class="file-size">${bytes === null ? '' : size(bytes)}</span>
          </li>`,
      )}
      ${wanted.map(
        (name) =>
          html`<li class="wanted">
            ${icon('incomplete')}<span class="file-name" title=${name}>${baseName(name)}</span
            ><span class="file-role">${words.missing}</span><span class="file-size"></span>
          </li>`,
      )}
    </ul>
  </section>`;
}

function chain({ chain }: Report): TemplateResult | typeof nothing {
  if (chain.length < 2 && (chain[0]?.status ?? 'base') === 'base') return nothing;
  const words = text().overview;
  return html`<section class="block">
    <div class="block-head">
      <h2>${chain.length > 1 ? words.chainOf(chain.length) : words.chain}</h2>
      <button
        class="link"
        @click=${() => {
          goToView('chain');
        }}
      >
        ${words.showChain}
      </button>
    </div>
    <ol class="chain-list">
      ${chain.map(({ key, status }) => html`<li><b title=${key}>${baseName(key)}</b>${linkStatus(status)}</li>`)}
    </ol>
  </section>`;
}
