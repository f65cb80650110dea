/**
 * All words of the page, in the language that is shown.
 *
 * A view calls `text()` while it renders, never once for all: `text().status.promise`. The words are in `en/` and
 * `ja/`, a file for each area of the page, with the same keys: the type of the English ones is the type of all. What
 * has a number or a name in it is a function, which forms the plural where its language has one; what has markup in it
 * is a function that returns a template. What comes from the reader (findings, names of fields, tours) is English and
 * stands in elements with `lang="en"`.
 */

import { type Text, en } from './en/index.ts';
import { type Language, preferredLanguage, rememberLanguage, setLocale } from './language.ts';

export type { Text } from './en/index.ts';
export { language, otherLanguage } from './language.ts';

let words: Text = en;
const subscribers = new Set<() => void>();

/** The words of the language that is shown. */
export function text(): Text {
  return words;
}

/** Shows another language, and remembers that. */
export async function setLanguage(next: Language): Promise<void> {
  await show(next);
  rememberLanguage(next);
}

/** Shows the language that the reader or the browser prefers; to be waited for before anything is shown. */
export async function startLanguage(): Promise<void> {
  try {
    await show(preferredLanguage());
  } catch {
    // Its words could not be loaded: the page is in English then.
  }
}

/** Calls `tell` whenever the language has changed. */
export function onLanguage(tell: () => void): void {
  subscribers.add(tell);
}

async function show(next: Language): Promise<void> {
  // Who reads English does not load the Japanese words.
  words = next === 'en' ? en : (await import('./ja/index.ts')).ja;
  setLocale(next);
  for (const tell of subscribers) tell();
}

/** The word for something that the reader of the files names; its own name, where there is no word for it. */
export function nameOf(names: Readonly<Record<string, string>>, name: string): string {
  return names[name] ?? name;
}
