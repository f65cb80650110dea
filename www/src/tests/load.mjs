import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

/** A TypeScript module of the page, for a test in Node. It must not need a browser. */
export async function load(path) {
  const file = fileURLToPath(new URL(`../${path}`, import.meta.url));
  const { module } = await runnerImport(file, { configFile: false, logLevel: 'error' });
  return module;
}
