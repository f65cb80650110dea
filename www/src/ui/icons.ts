import { type TemplateResult, html, svg } from 'lit';

const SHAPES = {
  sound: svg`<circle cx="8" cy="8" r="6.25"/><path d="m5.2 8.2 2 2 3.7-4.2"/>`,
  warning: svg`<path d="M8 2.2 14.2 13H1.8Z"/><path d="M8 6.4v3.2M8 11.4v.1"/>`,
  error: svg`<circle cx="8" cy="8" r="6.25"/><path d="M8 4.8v3.8M8 11v.1"/>`,
  info: svg`<circle cx="8" cy="8" r="6.25"/><path d="M8 7.4v3.8M8 4.9V5"/>`,
  incomplete: svg`<circle cx="8" cy="8" r="6.25" stroke-dasharray="3 2.2"/><path d="M5.4 8h5.2"/>`,
  unknown: svg`<circle cx="8" cy="8" r="6.25"/><path d="M6.2 6.3a1.9 1.9 0 1 1 2.7 1.8c-.6.3-.9.6-.9 1.3M8 11.4v.1"/>`,
  lock: svg`<rect x="3.5" y="7" width="9" height="6.5" rx="1.5"/><path d="M5.5 7V5.2a2.5 2.5 0 0 1 5 0V7"/>`,
  light: svg`<circle cx="8" cy="8" r="2.8"/><path d="M8 1.6v1.6M8 12.8v1.6M1.6 8h1.6M12.8 8h1.6M3.5 3.5l1.1 1.1M11.4 11.4l1.1 1.1M12.5 3.5l-1.1 1.1M4.6 11.4l-1.1 1.1"/>`,
  dark: svg`<path d="M13.4 9.6A5.9 5.9 0 0 1 6.4 2.6a5.9 5.9 0 1 0 7 7Z"/>`,
  auto: svg`<circle cx="8" cy="8" r="6"/><path d="M8 2a6 6 0 0 1 0 12Z" fill="currentColor"/>`,
  twisty: svg`<path d="m6 4 4 4-4 4"/>`,
  up: svg`<path d="m4 10 4-4 4 4"/>`,
  down: svg`<path d="m4 6 4 4 4-4"/>`,
  plus: svg`<path d="M8 3.2v9.6M3.2 8h9.6"/>`,
  minus: svg`<path d="M3.2 8h9.6"/>`,
  close: svg`<path d="m4 4 8 8M12 4l-8 8"/>`,
  arrow: svg`<path d="M3 8h9.5M9 4.5 12.5 8 9 11.5"/>`,
  file: svg`<path d="M4 1.8h5.2L12.5 5v9.2H4Z"/><path d="M9 1.8V5.2h3.5"/>`,
  folder: svg`<path d="M1.8 4h4.4l1.4 1.6h6.6v7.2H1.8Z"/>`,
  deep: svg`<path d="M2.4 3.6h11.2M2.4 7h6.2M2.4 10.4h4.2"/><circle cx="10.6" cy="10.2" r="2.6"/><path d="m12.6 12.2 1.8 1.8"/>`,
  base: svg`<path d="M8 2v8.4M4 10.4h8M5.6 13h4.8"/>`,
  stop: svg`<circle cx="8" cy="8" r="6.25"/><path d="M6 6h4v4H6Z" fill="currentColor" stroke="none"/>`,
  translate: svg`<path d="M2.4 5.4h10.4M10.2 2.6l2.8 2.8-2.8 2.8M13.6 10.6H3.2M5.8 7.8 3 10.6l2.8 2.8"/>`,
  seen: svg`<path d="M1.6 8S4 3.8 8 3.8 14.4 8 14.4 8 12 12.2 8 12.2 1.6 8 1.6 8Z"/><circle cx="8" cy="8" r="1.8"/>`,
  unseen: svg`<path d="M1.6 8S4 3.8 8 3.8 14.4 8 14.4 8 12 12.2 8 12.2 1.6 8 1.6 8Z"/><path d="m3 13 10-10"/>`,
  search: svg`<circle cx="7" cy="7" r="4.4"/><path d="m10.4 10.4 3.4 3.4"/>`,
  save: svg`<path d="M8 2v7.6M4.8 6.6 8 9.8l3.2-3.2M2.6 12.8h10.8"/>`,
};

export type IconName = keyof typeof SHAPES;

/** A small picture beside words that say the same. */
export function icon(name: IconName): TemplateResult {
  return html`<svg class="icon icon-${name}" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    ${SHAPES[name]}
  </svg>`;
}

/** The mark of the page. */
export function brandMark(): TemplateResult {
  return html`<svg class="brand-mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
    <circle class="brand-glass" cx="14" cy="14" r="11.5" />
    <circle class="brand-hub" cx="14" cy="14" r="3.5" />
    <path class="brand-line" d="M14 6.5a7.5 7.5 0 0 1 7.5 7.5" />
    <path class="brand-handle" d="M22.8 22.8 29 29" />
  </svg>`;
}
