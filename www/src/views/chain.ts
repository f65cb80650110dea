import { type TemplateResult, html, nothing } from 'lit';
import { chooseImage, goToPlace, goToStructure } from '../actions.ts';
import type { Candidate, Report } from '../generated/types.ts';
import { text } from '../text/index.ts';
import { baseName, sentence, size } from '../ui/format.ts';
import { icon } from '../ui/icons.ts';
import { type Joint, type Part, type Station, otherImages, parentField, stations } from './chain-model.ts';
import { findingList } from './finding-line.ts';
import { extentStatus, linkStatus } from './link-status.ts';
import { formatName, variantName } from './statement.ts';

/** Parts of an image that are listed at once; the others can be unfolded. */
const MOST_PARTS = 8;

/** The image and those it stands on, drawn from the top down: what joins them, and why. */
export function chainView(report: Report, addFiles: () => void): TemplateResult {
  const chain = stations(report);
  if (chain.length === 0) {
    return html`<div class="page"><p class="calm">${text().chain.none}</p></div>`;
  }
  const findings = report.findings.filter(({ layer }) => layer === 'chain');
  return html`<div class="page chain">
    <h1>${title(chain)}</h1>
    <p class="about">${about(chain)}</p>
    <div class="chain-columns">
      <ol class="chain-graph">
        ${chain.map((station) => html`${stationItem(station, addFiles)} ${jointItem(station, addFiles)}`)}
      </ol>
      <div class="chain-side">
        ${
          findings.length > 0
            ? html`<section class="block">
                <h2>${text().chain.findings}</h2>
                ${findingList(findings)}
              </section>`
            : nothing
        }
        ${others(report)}
      </div>
    </div>
  </div>`;
}

function title(chain: readonly Station[]): string {
  const words = text().chain;
  const last = chain.at(-1)?.joint;
  if (last && !last.hasParent) return last.status === 'missing' ? words.withoutEnd : words.breaksOff;
  if (lacks(chain)) return words.lacksPart;
  return chain.length > 1 ? words.chainOf(chain.length) : words.alone;
}

function about(chain: readonly Station[]): string {
  return chain.length > 1 || chain[0]?.joint ? text().chain.topmost : text().chain.needsNone;
}

function lacks(chain: readonly Station[]): boolean {
  return chain.some(({ parts }) => parts.some(({ status }) => status === 'missing'));
}

function stationItem(
  { link, file, isInspected, canInspect, parts }: Station,
  addFiles: () => void,
): TemplateResult {
  const { key, format, variant, id, virtual_size_bytes } = link;
  const words = text().chain;
  const kind = kindOf(format, variant);
  return html`<li class="station" data-chain-image=${key} aria-current=${isInspected ? 'true' : nothing}>
    <span class="rail" aria-hidden="true"><i class="rail-dot"></i></span>
    <div class="station-card">
      <header>
        <h2 title=${key}>
          ${
            canInspect
              ? html`<button
                  class="station-name"
                  data-image=${key}
                  title=${text().common.inspectOne(key)}
                  @click=${() => {
                    chooseImage(key);
                  }}
                >
                  ${baseName(key)}
                </button>`
              : baseName(key)
          }
        </h2>
        <span class="station-kind">${kind}</span>
        ${isInspected ? html`<span class="badge">${words.inspected}</span>` : nothing}
        ${
          canInspect
            ? html`<button
                class="link"
                aria-label=${text().common.inspectOne(baseName(key))}
                @click=${() => {
                  chooseImage(key);
                }}
              >
                ${text().common.inspect}
              </button>`
            : nothing
        }
      </header>
      <dl class="station-facts">
        ${fact(words.disk, virtual_size_bytes === null ? null : size(virtual_size_bytes))}
        ${fact(words.file, file?.size == null ? null : size(file.size))}
        ${fact(words.identity, id && html`<code>${id}</code>`)}
      </dl>
      ${parts.length > 0 ? partList(parts, addFiles) : nothing}
    </div>
  </li>`;
}

function kindOf(format: string, variant: string): string {
  return [formatName(format), variant === 'plain' ? '' : variantName(variant)].filter(Boolean).join(' · ');
}

function fact(name: string, value: TemplateResult | string | null): TemplateResult | typeof nothing {
  if (!value) return nothing;
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}

function partList(parts: readonly Part[], addFiles: () => void): TemplateResult {
  const words = text().chain;
  const missing = parts.filter(({ status }) => status === 'missing').length;
  const found = parts.filter(({ status }) => status === 'found').length;
  const first = parts.length > MOST_PARTS + 2 ? parts.slice(0, MOST_PARTS) : parts;
  const rest = parts.slice(first.length);
  // What is not as it should be is never folded away.
  const notable = rest.filter(({ status }) => status !== 'found');
  const folded = rest.filter(({ status }) => status === 'found');
  return html`<section class="parts" aria-label=${words.parts}>
    <h3>
      ${words.partCount(parts.length)}
      <span class="note">${found === parts.length ? words.allFound : words.someFound(found)}</span>
    </h3>
    <ul>
      ${first.map(partItem)} ${notable.map(partItem)}
    </ul>
    ${
      folded.length > 0
        ? html`<details>
            <summary>${words.moreParts(folded.length)}</summary>
            <ul>
              ${folded.map(partItem)}
            </ul>
          </details>`
        : nothing
    }
    ${
      missing > 0
        ? html`<p class="parts-missing">
            <span>${words.dropParts(missing)}</span>
            <button class="button small" @click=${addFiles}>${text().common.chooseFiles}</button>
          </p>`
        : nothing
    }
  </section>`;
}

function partItem({ name, words, bytes, status, file }: Part): TemplateResult {
  const label = name === null ? text().chain.noName : baseName(name);
  return html`<li class="part" data-part=${name ?? ''} data-part-status=${status}>
    ${icon('file')}
    ${
      file
        ? html`<button
            class="part-name"
            title=${text().common.showBytesOf(file.name)}
            @click=${() => {
              goToPlace({ file: file.name, offset: 0, length: 1 });
            }}
          >
            ${label}
          </button>`
        : html`<span class="part-name" title=${name ?? ''}>${label}</span>`
    }
    <span class="part-words">${words}</span>
    <span class="part-size">${bytes === null ? '' : size(bytes)}</span>
    ${extentStatus(status)}
  </li>`;
}

function jointItem({ link, joint }: Station, addFiles: () => void): TemplateResult | typeof nothing {
  if (!joint) return nothing;
  return html`<li class="joint" data-link-status=${joint.status} data-link-of=${link.key}>
      <span class="rail" aria-hidden="true"></span>
      <div class="joint-words">
        <p class="joint-status">${linkStatus(joint.status)}</p>
        ${joint.reason ? html`<p lang="en">${sentence(joint.reason)}</p>` : nothing} ${identities(joint)}
        ${joint.names.length > 0 && joint.status !== 'matches' ? names(joint) : nothing}
        ${joint.candidates.length > 0 && joint.status !== 'matches' ? candidates(joint.candidates) : nothing}
        ${claims(joint)}
      </div>
    </li>
    ${joint.hasParent ? nothing : gap(joint, addFiles)}`;
}

/** What the child expects beside what there is, so that the difference is seen. */
function identities({ status, expected, found }: Joint): TemplateResult | typeof nothing {
  if (expected === null || status === 'matches') return nothing;
  return html`<dl class="identities">
    <div>
      <dt>${text().chain.expected}</dt>
      <dd><code>${expected}</code></dd>
    </div>
    ${
      found === null || found === expected
        ? nothing
        : html`<div class="differs">
            <dt>${text().chain.found}</dt>
            <dd><code>${found}</code></dd>
          </div>`
    }
  </dl>`;
}

function names({ names }: Joint): TemplateResult {
  return html`<div class="joint-names">
    <h3>${text().chain.parentNames}</h3>
    <ol>
      ${names.map((name) => html`<li><code>${name}</code></li>`)}
    </ol>
  </div>`;
}

function candidates(candidates: readonly Candidate[]): TemplateResult {
  const words = text().chain;
  return html`<table class="candidates">
    <caption>
      ${words.candidates}
    </caption>
    <thead>
      <tr>
        <th>${words.file}</th>
        <th>${words.identity}</th>
        <th>${words.nameFits}</th>
        <th>${words.identityFits}</th>
      </tr>
    </thead>
    <tbody>
      ${candidates.map(
        ({ file, id, by_name, by_id }) =>
          html`<tr data-candidate=${file}>
            <td>${file}</td>
            <td>${id ? html`<code>${id}</code>` : html`<span class="calm">${words.noIdentity}</span>`}</td>
            <td>${yesNo(by_name)}</td>
            <td>${yesNo(by_id)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function yesNo(is: boolean): TemplateResult {
  return html`<span class="told tone-${is ? 'ok' : 'calm'}"
    >${icon(is ? 'sound' : 'close')}${is ? text().chain.yes : text().chain.no}</span
  >`;
}

function claims({ claims }: Joint): TemplateResult | typeof nothing {
  if (claims.length === 0) return nothing;
  return html`<p class="joint-claims">
    <span>${text().chain.claims}</span>
    ${claims.map(
      (structure) =>
        html`<button
          class="button small"
          data-claim=${structure.key}
          lang="en"
          @click=${() => {
            goToStructure(structure.key, parentField(structure));
          }}
        >
          ${structure.title}
        </button>`,
    )}
  </p>`;
}

/** The place of a parent that is not there, and how to fill it. */
function gap({ status, names }: Joint, addFiles: () => void): TemplateResult | typeof nothing {
  const name = names[0] === undefined ? undefined : baseName(names[0]);
  const words = text().chain;
  const told = {
    matches: undefined,
    missing: {
      title: words.missingTitle(name),
      advice: words.missingAdvice(name),
    },
    mismatched: {
      title: words.mismatchedTitle,
      advice: words.mismatchedAdvice,
    },
    ambiguous: {
      title: words.ambiguousTitle,
      advice: words.ambiguousAdvice,
    },
  }[status];
  if (!told) return nothing;
  return html`<li class="station gap" data-missing=${name ?? ''}>
    <span class="rail" aria-hidden="true"><i class="rail-dot"></i></span>
    <div class="station-card">
      ${icon('incomplete')}
      <div>
        <h2>${told.title}</h2>
        <p>${told.advice}</p>
      </div>
      <button class="button" @click=${addFiles}>${text().common.chooseFiles}</button>
    </div>
  </li>`;
}

function others(report: Report): TemplateResult | typeof nothing {
  const images = otherImages(report);
  if (images.length === 0) return nothing;
  return html`<section class="block">
    <h2>${text().chain.others}</h2>
    <ul class="other-images">
      ${images.map(
        ({ key, format, variant }) =>
          html`<li>
            ${icon('file')}<span class="file-name" title=${key}>${baseName(key)}</span>
            <span class="note">${[formatName(format), variantName(variant)].filter(Boolean).join(', ')}</span>
            <button
              class="link"
              data-image=${key}
              aria-label=${text().common.inspectOne(baseName(key))}
              @click=${() => {
                chooseImage(key);
              }}
            >
              ${text().common.inspect}
            </button>
          </li>`,
      )}
    </ul>
  </section>`;
}
