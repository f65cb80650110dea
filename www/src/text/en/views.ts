/** How the views are called. */
export const views = {
  overview: 'Overview',
  structures: 'Structures',
  tables: 'Tables',
  map: 'Map',
  hex: 'Bytes',
  translate: 'Translate',
  chain: 'Chain',
  partitions: 'Partitions',
  findings: 'Findings',
  samples: 'Samples',
  learn: 'Learn',
};
