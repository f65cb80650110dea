import { type TemplateResult, html, nothing } from 'lit';
import { chooseImage, goToPartition, goToView } from '../actions.ts';
import type { InspectedImage, Report } from '../generated/types.ts';
import { baseName, count, date, decimalSize, digits, percent, size } from '../ui/format.ts';
import { type IconName, icon } from '../ui/icons.ts';
import type { State } from '../state.ts';
import { deepCheck } from './deep-check.ts';
import { diskBar } from './disk-bar.ts';
import { findingList } from './finding-line.ts';
import { linkStatus } from './link-status.ts';
import { saveDiskButton } from './save-buttons.ts';
import { schemeName } from './schemes.ts';
import { VERDICT_WORDS, formatName, missing, statement } from './statement.ts';

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
    >${icon(VERDICT_ICONS[verdict])}${VERDICT_WORDS[verdict]}</span
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
      ${next === undefined ? nothing : html`<p class="hero-next"><b>Next</b> ${next}</p>`}
    </div>
  </header>`;
}

function imageChooser({ images, image }: Report): TemplateResult | typeof nothing {
  if (images.length < 2) return nothing;
  return html`<section class="block">
    <h2>${count(images.length, 'image')} in this set</h2>
    <div class="choices" role="radiogroup" aria-label="The image that is inspected">
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
            <b>${baseName(key)}</b><span>${[formatName(format), variant].filter(Boolean).join(', ')}</span>
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
      <h2>Facts</h2>
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
  const facts: Fact[] = [];
  const { virtual_size_bytes, chs_size_bytes, unit_bytes, total_units } = image;
  if (virtual_size_bytes !== null) {
    facts.push(['Virtual size', size(virtual_size_bytes), bothUnits(virtual_size_bytes)]);
  }
  if (chs_size_bytes !== null && chs_size_bytes !== virtual_size_bytes) {
    facts.push(['By its geometry', size(chs_size_bytes), bothUnits(chs_size_bytes)]);
  }
  const own = report.files.filter(({ role }) => role !== 'unrelated' && role !== 'parent');
  const stored = own.reduce((sum, file) => sum + (file.size ?? 0), 0);
  facts.push([
    'Size of its files',
    size(stored),
    own.length > 1 ? `in ${count(own.length, 'file')}` : bothUnits(stored),
  ]);
  if (unit_bytes !== null) {
    facts.push(['Allocation unit', size(unit_bytes), total_units === null ? '' : count(total_units, 'unit')]);
    facts.push(['Allocated', allocated(image, isReading)]);
  }
  facts.push(['Sector', count(image.logical_sector_bytes, 'byte')]);
  return facts;
}

function bothUnits(bytes: number): string {
  return bytes < 1000 ? '' : `${decimalSize(bytes)} · ${digits(bytes)} bytes`;
}

function allocated(image: InspectedImage, isReading: boolean): TemplateResult | string {
  const { allocated_units, total_units, unit_bytes } = image;
  if (allocated_units === null || total_units === null) {
    return html`<span class="waiting">${isReading ? 'reading…' : 'not read'}</span>`;
  }
  const share = total_units === 0 ? 0 : (allocated_units / total_units) * 100;
  return html`<span class="meter" role="presentation"><i .style=${`width:${String(share)}%`}></i></span
    >${percent(allocated_units, total_units)}
    <span class="note"
      >${digits(allocated_units)} units · ${size(allocated_units * (unit_bytes ?? 0))}</span
    >`;
}

function identity(report: Report, image: InspectedImage): Fact[] {
  const facts: Fact[] = [['Format', formatName(image.format), image.variant]];
  if (image.producer) facts.push(['Written by', image.producer]);
  if (image.created_utc) facts.push(['Created', date(image.created_utc)]);
  if (image.id) facts.push([(image.id_kind ?? 'id').toUpperCase(), html`<code>${image.id}</code>`]);
  if (image.parent) {
    const { file, names, status } = image.parent;
    facts.push(['Parent', file ? baseName(file) : baseName(names[0] ?? 'unnamed'), status]);
  }
  const { partitions } = report;
  if (partitions && partitions.scheme !== 'none') {
    facts.push([
      'Partition table',
      schemeName(partitions.scheme),
      count(partitions.entries.length, 'entry', 'entries'),
    ]);
    if (partitions.disk_id) facts.push(['Disk id', html`<code>${partitions.disk_id}</code>`]);
  }
  return facts;
}

function disk(report: Report): TemplateResult | typeof nothing {
  const { partitions } = report;
  if (!partitions || partitions.entries.length === 0) return nothing;
  return html`<section class="block">
    <div class="block-head">
      <h2>On the disk</h2>
      <button
        class="link"
        @click=${() => {
          goToView('partitions');
        }}
      >
        All partitions
      </button>
    </div>
    ${diskBar(report, undefined, goToPartition)}
  </section>`;
}

function topFindings({ findings }: Report): TemplateResult {
  if (findings.length === 0) {
    return html`<section class="block">
      <h2>Findings</h2>
      <p class="calm">Nothing to report.</p>
    </section>`;
  }
  return html`<section class="block">
    <div class="block-head">
      <h2>Findings</h2>
      <button
        class="link"
        @click=${() => {
          goToView('findings');
        }}
      >
        ${findings.length > TOP_FINDINGS ? `All ${digits(findings.length)}` : 'Details'}
      </button>
    </div>
    ${findingList(findings.slice(0, TOP_FINDINGS))}
  </section>`;
}

function files(report: Report, addFiles: () => void): TemplateResult {
  const wanted = missing(report);
  return html`<section class="block">
    <div class="block-head">
      <h2>${count(report.files.length, 'file')}</h2>
      <button class="link" @click=${addFiles}>Add files…</button>
    </div>
    <ul class="file-list">
      ${report.files.map(
        ({ name, size: bytes, role }) =>
          html`<li>
            ${icon('file')}<span class="file-name" title=${name}>${name}</span
            ><span class="file-role">${role.replace('-', ' ')}</span
            ><span class="file-size">${bytes === null ? '' : size(bytes)}</span>
          </li>`,
      )}
      ${wanted.map(
        (name) =>
          html`<li class="wanted">
            ${icon('incomplete')}<span class="file-name" title=${name}>${baseName(name)}</span
            ><span class="file-role">missing</span><span class="file-size"></span>
          </li>`,
      )}
    </ul>
  </section>`;
}

function chain({ chain }: Report): TemplateResult | typeof nothing {
  if (chain.length < 2 && (chain[0]?.status ?? 'base') === 'base') return nothing;
  return html`<section class="block">
    <div class="block-head">
      <h2>${chain.length > 1 ? `Chain of ${digits(chain.length)} images` : 'Chain'}</h2>
      <button
        class="link"
        @click=${() => {
          goToView('chain');
        }}
      >
        Show the chain
      </button>
    </div>
    <ol class="chain-list">
      ${chain.map(({ key, status }) => html`<li><b title=${key}>${baseName(key)}</b>${linkStatus(status)}</li>`)}
    </ol>
  </section>`;
}
