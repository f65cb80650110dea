/** The language of the page's own words. */

const KEY = 'diskglass.language';
const LANGUAGES = ['en', 'ja'] as const;

export type Language = (typeof LANGUAGES)[number];

let current: Language = 'en';

/** The language that is shown. */
export function language(): Language {
  return current;
}

/** The language that the one that is shown can be exchanged for. */
export function otherLanguage(): Language {
  return current === 'en' ? 'ja' : 'en';
}

/** Numbers and dates follow it at once; the words come from `index.ts`, which calls this. */
export function setLocale(next: Language): void {
  current = next;
  document.documentElement.lang = next;
}

/** The language that was chosen here before, or else the first one of the browser that the page speaks. */
export function preferredLanguage(): Language {
  const wanted = [stored(), ...navigator.languages].map((tag) => tag?.toLowerCase().split('-')[0]);
  return wanted.map((tag) => LANGUAGES.find((language) => language === tag)).find(Boolean) ?? 'en';
}

function stored(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    // Storage may be forbidden.
    return null;
  }
}

/** Remembers what the reader chose. */
export function rememberLanguage(chosen: Language): void {
  try {
    localStorage.setItem(KEY, chosen);
  } catch {
    // Then it lasts as long as the page.
  }
}
