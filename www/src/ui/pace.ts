/** How fast a long job goes, and how long it will take. */

import type { Progress } from '../generated/types.ts';
import { text } from '../text/index.ts';
import { size } from './format.ts';

/** Before this many milliseconds nothing is said of the speed. */
const SETTLED_MS = 1_000;

/** `1.2 GiB of 4 GiB · 310 MiB/s · 9 s left`; without speed and time while they would only be guesses. */
export function paceWords({ done, total }: Progress, elapsedMs: number): string {
  const words = text().status;
  const share = words.share(size(done), size(total));
  if (elapsedMs < SETTLED_MS || done === 0) return share;
  const rate = (done / elapsedMs) * 1000;
  return words.pace(share, size(Math.round(rate)), duration((total - done) / rate));
}

/** Seconds as `9 s`, `2 min 30 s`, `3 h 5 min`: no finer than anyone needs. */
export function duration(seconds: number): string {
  const words = text().status;
  const whole = Math.max(1, Math.ceil(seconds));
  if (whole < 60) return words.seconds(whole);
  if (whole < 600)
    return parts(words.minutes, Math.floor(whole / 60), words.seconds, Math.floor((whole % 60) / 10) * 10);
  const minutes = Math.ceil(whole / 60);
  if (minutes < 60) return words.minutes(minutes);
  return parts(words.hours, Math.floor(minutes / 60), words.minutes, minutes % 60);
}

type Unit = (number: number) => string;

function parts(largeUnit: Unit, large: number, smallUnit: Unit, small: number): string {
  return small === 0 ? largeUnit(large) : `${largeUnit(large)} ${smallUnit(small)}`;
}
