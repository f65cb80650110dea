import { existsSync } from 'node:fs';
import type { Plugin } from 'vite';
import { bundle } from './scripts.ts';

/**
 * Makes `import code from './some.ts?script'` the text of that script with everything it imports. A worker starts from
 * a Blob of it: only so is it bound by the page's Content-Security-Policy.
 */
export function scriptText(): Plugin {
  const suffix = '?script';
  return {
    name: 'script-text',
    enforce: 'pre',
    async load(id) {
      if (!id.endsWith(suffix)) return null;
      // One classic script: a worker that starts from a Blob can import nothing beside itself.
      const { code, modules } = await bundle(id.slice(0, -suffix.length), { format: 'iife' });
      for (const file of modules) if (existsSync(file)) this.addWatchFile(file);
      return { code: `export default ${JSON.stringify(code)};`, moduleType: 'js' };
    },
  };
}
