import { count, digits } from '../../ui/format.ts';

/** The gallery. The samples' own words come from the reader. */
export const samples = {
  title: 'Samples',
  about: 'Small images that this page writes itself, each with something to see.',
  search: 'Search the samples',
  searchFor: 'Words, or the id of a finding: footer.checksum',
  count: (number: number) => count(number, 'sample'),
  shown: (some: number, all: number) => `${digits(some)} of ${count(all, 'sample')}`,
  noneLike: 'No sample has these words.',
  oneFinding: 'One finding each',
  deep: 'data',
  deepWhy: 'It takes the check of the data to see it',
  healthy: 'Healthy:',
  damaged: 'Damaged:',
};
