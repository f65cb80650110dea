/** How fast a long job goes, and how long it will take. */

import type { Progress } from '../generated/types.ts';
import { size } from './format.ts';

/** Before this many milliseconds nothing is said of the speed. */
const SETTLED_MS = 1_000;

/** `1.2 GiB of 4 GiB · 310 MiB/s · 9 s left`; without speed and time while they would only be guesses. */
export function paceWords({ done, total }: Progress, elapsedMs: number): string {
  const share = `${size(done)} of ${size(total)}`;
  if (elapsedMs < SETTLED_MS || done === 0) return share;
  const rate = (done / elapsedMs) * 1000;
  return `${share} · ${size(Math.round(rate))}/s · ${duration((total - done) / rate)} left`;
}

/** Seconds as `9 s`, `2 min 30 s`, `3 h 5 min`: no finer than anyone needs. */
export function duration(seconds: number): string {
  const whole = Math.max(1, Math.ceil(seconds));
  if (whole < 60) return `${String(whole)} s`;
  if (whole < 600) return parts(Math.floor(whole / 60), 'min', Math.floor((whole % 60) / 10) * 10, 's');
  const minutes = Math.ceil(whole / 60);
  if (minutes < 60) return `${String(minutes)} min`;
  return parts(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
}

function parts(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0
    ? `${String(large)} ${largeUnit}`
    : `${String(large)} ${largeUnit} ${String(small)} ${smallUnit}`;
}
