import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

/**
 * Makes `import base64 from './some.wasm?base64'` an ES module whose default export is the file in base64.
 * The page's Content-Security-Policy forbids every connection, so the module cannot be fetched: it has to
 * arrive as a script.
 */
function wasmAsBase64(): Plugin {
  const suffix = '.wasm?base64';
  return {
    name: 'wasm-as-base64',
    enforce: 'pre',
    async load(id) {
      if (!id.endsWith(suffix)) return null;
      const file = id.slice(0, -'?base64'.length);
      this.addWatchFile(file);
      const base64 = (await readFile(file)).toString('base64');
      return { code: `export default ${JSON.stringify(base64)};`, moduleType: 'js' };
    },
  };
}

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // Relative addresses: the page works under any path of any server.
  base: './',
  plugins: [wasmAsBase64()],
  worker: {
    // One classic script: a worker that starts from a Blob can import nothing beside itself.
    format: 'iife',
  },
  build: {
    outDir: '../dist',
    emptyOutDir: true,
    target: 'es2022',
    // Its polyfill calls fetch, and a preload is a connection like any other.
    modulePreload: false,
    // Files stay files: the policy allows neither inline scripts nor inline styles.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    // The chunk that holds the WebAssembly module is large on purpose.
    chunkSizeWarningLimit: 4096,
  },
});
