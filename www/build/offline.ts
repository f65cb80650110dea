import { createHash } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { bundle } from './scripts.ts';

const source = fileURLToPath(new URL('../src/offline-worker.ts', import.meta.url));

/** What needs no copy: the page as one file is whole by itself. */
const LEFT_OUT = ['diskglass.html', 'sw.js'];

/** Writes the service worker, which knows every file of the finished page by its hash. */
export function offline(): Plugin {
  return {
    name: 'offline',
    apply: 'build',
    writeBundle: {
      order: 'post',
      sequential: true,
      async handler({ dir = '' }) {
        const entries = await readdir(dir, { recursive: true, withFileTypes: true });
        const paths = entries
          .filter((entry) => entry.isFile())
          .map((entry) =>
            join(entry.parentPath, entry.name)
              .slice(dir.length + 1)
              .replaceAll('\\', '/'),
          )
          .filter((path) => !LEFT_OUT.includes(path))
          .sort();
        const files: Record<string, string> = {};
        for (const path of paths) {
          const hash = createHash('sha256').update(await readFile(join(dir, path)));
          // The page itself is fetched by the address that readers use.
          files[path === 'index.html' ? './' : path] = `sha256-${hash.digest('base64')}`;
        }
        const list = JSON.stringify(files);
        const version = createHash('sha256').update(list).digest('hex').slice(0, 16);
        const { code } = await bundle(source, {
          format: 'iife',
          define: { FILES: list, VERSION: JSON.stringify(version) },
        });
        await writeFile(join(dir, 'sw.js'), code);
      },
    },
  };
}
