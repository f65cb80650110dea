/** How partition tables are called. */
const NAMES: Record<string, string> = {
  mbr: 'MBR',
  gpt: 'GPT',
  hybrid: 'MBR and GPT',
  apm: 'Apple partition map',
  bsd: 'BSD disk label',
  sun: 'Sun disk label',
  sgi: 'SGI volume header',
  atari: 'Atari root sector',
  dasd: 'DASD table of contents',
  ldm: 'Windows dynamic disk',
};

/** A scheme as people write it; a word that is not known here as the report has it. */
export function schemeName(scheme: string): string {
  return NAMES[scheme] ?? scheme;
}
