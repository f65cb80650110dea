/** What is wrong with a place that was typed. */
export const places = {
  needBytes: 'Type a number of bytes: 512, 0x200, sector 63, or 1.5 MiB.',
  noNumber: (typed: string) => `“${typed}” is no number. Type 512, 0x200, sector 63, or 1.5 MiB.`,
  noUnit: (unit: string) => `“${unit}” is no unit that is known here: use s, KiB, MiB, GiB or TiB.`,
  notWhole: (typed: string) => `“${typed}” is not a whole number of bytes.`,
  tooLarge: (typed: string) => `“${typed}” is larger than any disk.`,
  before: (what: string, size: string) => `That is before the start of ${what}, which has ${size}.`,
  behind: (what: string, size: string) => `That is past the end of ${what}, which has ${size}.`,
};
