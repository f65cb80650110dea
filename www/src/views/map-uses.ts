/** What parts of a disk and of a file are used for, in the colours of the map. */

import type { Use } from '../generated/types.ts';
import type { Colour, Palette } from '../ui/map-canvas.ts';
import { USES } from '../ui/map-model.ts';

/** A use, or what is used for nothing. */
export type Kind = Use | 'free';

/** Colours as the style sheets have them for the theme. */
export function palette(element: HTMLElement): Palette {
  const style = getComputedStyle(element);
  const probe = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const read = (name: string): string => {
    // A custom property keeps `light-dark()` as text: a property of the type `<color>` resolves it.
    element.style.setProperty('outline-color', `var(${name})`);
    const resolved = style.outlineColor;
    element.style.removeProperty('outline-color');
    return resolved;
  };
  const colour = (name: string): Colour => {
    if (!probe) return [128, 128, 128];
    probe.fillStyle = read(name);
    probe.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0] = probe.getImageData(0, 0, 1, 1).data;
    return [red, green, blue];
  };
  return {
    uses: USES.map((use) => colour(`--use-${use}`)),
    free: colour('--use-free'),
    ground: colour('--surface'),
    accent: read('--text'),
    marks: { error: read('--error'), warning: read('--warning') },
  };
}
