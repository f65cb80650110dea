/**
 * Files that the worker cannot read though the page can: what WebKit makes of a page that was itself opened as a file.
 * They are read into memory.
 */

import type { GivenFile, WorkerFile } from './protocol.ts';
import { text } from './text/index.ts';
import { size } from './ui/format.ts';

/** So much of them. */
const MEMORY_LIMIT = 512 * 2 ** 20;

/** Whether it can happen that the worker reads less than the page. */
export const isReachUncertain = location.protocol === 'file:';

/** The same files in memory. Throws an error with words for the reader where that takes too much of it. */
export async function readAll(files: GivenFile[]): Promise<WorkerFile[]> {
  const total = files.reduce((sum, { file }) => sum + file.size, 0);
  if (total > MEMORY_LIMIT) throw new Error(text().failures.outOfReach(size(total), size(MEMORY_LIMIT)));
  return Promise.all(
    files.map(async (given) => {
      // One that cannot be read is left to the worker, which says so.
      const bytes = await given.file.arrayBuffer().catch(() => undefined);
      return bytes ? { ...given, file: new Uint8Array(bytes) } : given;
    }),
  );
}
