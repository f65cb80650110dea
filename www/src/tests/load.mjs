import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

/** What the page runs beside itself, and what only a browser can tell it: nothing here. */
const withoutBrowser = {
  name: 'without-browser',
  enforce: 'pre',
  load: (id) => {
    if (/\?(script|lzma)$/.test(id)) return 'export default "";';
    if (id.endsWith('/src/scripts.ts')) return 'export const newWorker = null, registerServiceWorker = null;';
    return null;
  },
};

/** A TypeScript module of the page, for a test in Node. It must not need a browser. */
export async function load(path) {
  const file = fileURLToPath(new URL(`../${path}`, import.meta.url));
  const { module } = await runnerImport(file, {
    configFile: false,
    logLevel: 'error',
    plugins: [withoutBrowser],
  });
  return module;
}
