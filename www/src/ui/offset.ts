const FACTORS: Record<string, number> = {
  '': 1,
  b: 1,
  k: 1024,
  kib: 1024,
  m: 1024 ** 2,
  mib: 1024 ** 2,
  g: 1024 ** 3,
  gib: 1024 ** 3,
  t: 1024 ** 4,
  tib: 1024 ** 4,
  s: 512,
  sector: 512,
  sectors: 512,
};

/**
 * The byte offset that a reader typed: `512`, `0x200`, `63 s` (sectors of 512 bytes), `sector 63`, `1.5 MiB`, `-512`
 * (from the end of a file of `fileSize` bytes). Nothing where it makes no sense or lies outside the file.
 */
export function parseOffset(text: string, fileSize: number): number | undefined {
  const tidy = text
    .trim()
    .toLowerCase()
    .replace(/[_,\s]/g, '')
    .replace(/^sector(.*)$/, '$1s');
  const parts = /^(-?)(0x[\da-f]+|\d+(?:\.\d+)?)([a-z]*)$/.exec(tidy);
  if (!parts) return undefined;
  const [, sign, number, unit] = parts;
  const factor = FACTORS[unit ?? ''];
  if (factor === undefined) return undefined;
  const distance = Number(number) * factor;
  const offset = sign === '-' ? fileSize - distance : distance;
  return Number.isSafeInteger(offset) && offset >= 0 && offset < fileSize ? offset : undefined;
}
