/**
 * Keys that work everywhere in the page. A chord is written as `Mod+K`, `Alt+ArrowLeft`, `?` or `1`: `Mod` is the
 * command key of a Mac and the control key elsewhere; letters are capitals.
 */

const IS_MAC = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? '');

/** Calls what a chord stands for, unless something is being typed or a dialog is open. */
export function onGlobalKeys(actionOf: (chord: string) => (() => void) | undefined): void {
  addEventListener('keydown', (event) => {
    if (event.defaultPrevented || document.querySelector('dialog[open]')) return;
    const chord = chordOf(event);
    if (isTyping(event.target) && !chord.startsWith('Mod+') && chord !== 'Escape') return;
    const act = actionOf(chord);
    if (!act) return;
    event.preventDefault();
    act();
  });
}

/** The chord of a key press. */
export function chordOf({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): string {
  const isLetter = /^[a-z]$/i.test(key);
  return [
    (IS_MAC ? metaKey : ctrlKey) && 'Mod',
    (IS_MAC ? ctrlKey : metaKey) && 'Other',
    altKey && 'Alt',
    // A sign such as `?` has its shift key already.
    shiftKey && (isLetter || key.length > 1) && 'Shift',
    isLetter ? key.toUpperCase() : key,
  ]
    .filter(Boolean)
    .join('+');
}

const CAPS: Record<string, string> = {
  Mod: IS_MAC ? '⌘' : 'Ctrl',
  Alt: IS_MAC ? '⌥' : 'Alt',
  Shift: IS_MAC ? '⇧' : 'Shift',
  Escape: 'Esc',
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  PageUp: 'Page ↑',
  PageDown: 'Page ↓',
  ' ': 'Space',
};

/** What is printed on the keys of a chord. */
export function keyCaps(chord: string): string[] {
  // A plus that is a key itself is not between two others.
  return chord.split(/(?<=[^+])\+/).map((key) => CAPS[key] ?? key);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLInputElement ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  );
}
