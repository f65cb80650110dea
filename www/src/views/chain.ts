import { type TemplateResult, html, nothing } from 'lit';
import { chooseImage, goToPlace, goToStructure } from '../actions.ts';
import type { Candidate, Report } from '../generated/types.ts';
import { baseName, count, digits, sentence, size } from '../ui/format.ts';
import { icon } from '../ui/icons.ts';
import { type Joint, type Part, type Station, otherImages, parentField, stations } from './chain-model.ts';
import { findingList } from './finding-line.ts';
import { extentStatus, linkStatus } from './link-status.ts';
import { formatName } from './statement.ts';

/** Parts of an image that are listed at once; the others can be unfolded. */
const MOST_PARTS = 8;

/** The image and those it stands on, drawn from the top down: what joins them, and why. */
export function chainView(report: Report, addFiles: () => void): TemplateResult {
  const chain = stations(report);
  if (chain.length === 0) {
    return html`<div class="page"><p class="calm">There is no image, and so no chain of images.</p></div>`;
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
                <h2>Findings about the chain</h2>
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
  const last = chain.at(-1)?.joint;
  if (last && !last.hasParent)
    return last.status === 'missing' ? 'A chain without its end' : 'A chain that breaks off';
  if (lacks(chain)) return 'An image that lacks a part';
  return chain.length > 1 ? `A chain of ${count(chain.length, 'image')}` : 'An image that stands alone';
}

function about(chain: readonly Station[]): string {
  return chain.length > 1 || chain[0]?.joint
    ? 'The guest reads each place from the topmost image that holds it.'
    : 'It needs no other image beneath it.';
}

function lacks(chain: readonly Station[]): boolean {
  return chain.some(({ parts }) => parts.some(({ status }) => status === 'missing'));
}

function stationItem(
  { link, file, isInspected, canInspect, parts }: Station,
  addFiles: () => void,
): TemplateResult {
  const { key, format, variant, id, virtual_size_bytes } = link;
  const kind = [formatName(format), variant].filter((word) => word && word !== 'plain').join(' · ');
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
                  title="Inspect ${key}"
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
        ${isInspected ? html`<span class="badge">inspected</span>` : nothing}
        ${
          canInspect
            ? html`<button
                class="link"
                aria-label="Inspect ${baseName(key)}"
                @click=${() => {
                  chooseImage(key);
                }}
              >
                Inspect
              </button>`
            : nothing
        }
      </header>
      <dl class="station-facts">
        ${fact('Disk', virtual_size_bytes === null ? null : size(virtual_size_bytes))}
        ${fact('File', file?.size == null ? null : size(file.size))}
        ${fact('Identity', id && html`<code>${id}</code>`)}
      </dl>
      ${parts.length > 0 ? partList(parts, addFiles) : nothing}
    </div>
  </li>`;
}

function fact(name: string, value: TemplateResult | string | null): TemplateResult | typeof nothing {
  if (!value) return nothing;
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}

function partList(parts: readonly Part[], addFiles: () => void): TemplateResult {
  const missing = parts.filter(({ status }) => status === 'missing').length;
  const found = parts.filter(({ status }) => status === 'found').length;
  const first = parts.length > MOST_PARTS + 2 ? parts.slice(0, MOST_PARTS) : parts;
  const rest = parts.slice(first.length);
  // What is not as it should be is never folded away.
  const notable = rest.filter(({ status }) => status !== 'found');
  const folded = rest.filter(({ status }) => status === 'found');
  return html`<section class="parts" aria-label="Parts">
    <h3>
      ${count(parts.length, 'part')}
      <span class="note">${found === parts.length ? 'all found' : `${digits(found)} found`}</span>
    </h3>
    <ul>
      ${first.map(partItem)} ${notable.map(partItem)}
    </ul>
    ${
      folded.length > 0
        ? html`<details>
            <summary>${count(folded.length, 'more part')}</summary>
            <ul>
              ${folded.map(partItem)}
            </ul>
          </details>`
        : nothing
    }
    ${
      missing > 0
        ? html`<p class="parts-missing">
            <span
              >Drop ${missing === 1 ? 'the missing part' : 'the missing parts'} anywhere in this window.</span
            >
            <button class="button small" @click=${addFiles}>Choose files…</button>
          </p>`
        : nothing
    }
  </section>`;
}

function partItem({ name, words, bytes, status, file }: Part): TemplateResult {
  const label = name === null ? 'no name' : baseName(name);
  return html`<li class="part" data-part=${name ?? ''} data-part-status=${status}>
    ${icon('file')}
    ${
      file
        ? html`<button
            class="part-name"
            title="Show the bytes of ${file.name}"
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
        ${joint.reason ? html`<p>${sentence(joint.reason)}</p>` : nothing} ${identities(joint)}
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
      <dt>expected</dt>
      <dd><code>${expected}</code></dd>
    </div>
    ${
      found === null || found === expected
        ? nothing
        : html`<div class="differs">
            <dt>found</dt>
            <dd><code>${found}</code></dd>
          </div>`
    }
  </dl>`;
}

function names({ names }: Joint): TemplateResult {
  return html`<div class="joint-names">
    <h3>Names that it gives for its parent</h3>
    <ol>
      ${names.map((name) => html`<li><code>${name}</code></li>`)}
    </ol>
  </div>`;
}

function candidates(candidates: readonly Candidate[]): TemplateResult {
  return html`<table class="candidates">
    <caption>
      Files that could be it
    </caption>
    <thead>
      <tr>
        <th>File</th>
        <th>Identity</th>
        <th>Name fits</th>
        <th>Identity fits</th>
      </tr>
    </thead>
    <tbody>
      ${candidates.map(
        ({ file, id, by_name, by_id }) =>
          html`<tr data-candidate=${file}>
            <td>${file}</td>
            <td>${id ? html`<code>${id}</code>` : html`<span class="calm">none</span>`}</td>
            <td>${yesNo(by_name)}</td>
            <td>${yesNo(by_id)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function yesNo(is: boolean): TemplateResult {
  return html`<span class="told tone-${is ? 'ok' : 'calm'}"
    >${icon(is ? 'sound' : 'close')}${is ? 'yes' : 'no'}</span
  >`;
}

function claims({ claims }: Joint): TemplateResult | typeof nothing {
  if (claims.length === 0) return nothing;
  return html`<p class="joint-claims">
    <span>Where it says so</span>
    ${claims.map(
      (structure) =>
        html`<button
          class="button small"
          data-claim=${structure.key}
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
  const words = {
    matches: undefined,
    missing: {
      title: `${name ?? 'The parent'} is not here`,
      advice: html`Drop ${name === undefined ? 'it' : html`<b>${name}</b>`} anywhere in this window, and the
      chain goes on here.`,
    },
    mismatched: {
      title: 'The right parent is not here',
      advice: html`What has its name has another identity. Drop the image that has the expected one anywhere
      in this window.`,
    },
    ambiguous: {
      title: 'The parent is not settled',
      advice: html`Leave only the right one in the set, or give the files in their own folders.`,
    },
  }[status];
  if (!words) return nothing;
  return html`<li class="station gap" data-missing=${name ?? ''}>
    <span class="rail" aria-hidden="true"><i class="rail-dot"></i></span>
    <div class="station-card">
      ${icon('incomplete')}
      <div>
        <h2>${words.title}</h2>
        <p>${words.advice}</p>
      </div>
      <button class="button" @click=${addFiles}>Choose files…</button>
    </div>
  </li>`;
}

function others(report: Report): TemplateResult | typeof nothing {
  const images = otherImages(report);
  if (images.length === 0) return nothing;
  return html`<section class="block">
    <h2>Other images in this set</h2>
    <ul class="other-images">
      ${images.map(
        ({ key, format, variant }) =>
          html`<li>
            ${icon('file')}<span class="file-name" title=${key}>${baseName(key)}</span>
            <span class="note">${[formatName(format), variant].filter(Boolean).join(', ')}</span>
            <button
              class="link"
              data-image=${key}
              aria-label="Inspect ${baseName(key)}"
              @click=${() => {
                chooseImage(key);
              }}
            >
              Inspect
            </button>
          </li>`,
      )}
    </ul>
  </section>`;
}
