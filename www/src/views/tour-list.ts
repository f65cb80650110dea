import type { SampleInfo } from '../generated/types.ts';

/** The samples to tour: the first healthy one of each variant of each format. */
export function tours(samples: readonly SampleInfo[]): SampleInfo[] {
  const seen = new Set<string>();
  return samples.filter(({ main, healthy, format, variant }) => {
    const kind = `${format} ${variant}`;
    if (!main || !healthy || seen.has(kind)) return false;
    seen.add(kind);
    return true;
  });
}
