import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

/**
 * Makes `import packed from './some.wasm?gzip'` an ES module whose default export is the file, compressed, in
 * base64. The page's Content-Security-Policy forbids every connection, so the module cannot be fetched: it has to
 * arrive as a script. Packed first, it is less than half as long, also on a server that does not compress.
 */
function wasmAsScript(): Plugin {
  const suffix = '?gzip';
  return {
    name: 'wasm-as-script',
    enforce: 'pre',
    async load(id) {
      if (!id.endsWith(`.wasm${suffix}`)) return null;
      const file = id.slice(0, -suffix.length);
      this.addWatchFile(file);
      const packed = gzipSync(await readFile(file), { level: 9 }).toString('base64');
      return { code: `export default ${JSON.stringify(packed)};`, moduleType: 'js' };
    },
  };
}

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // Relative addresses: the page works under any path of any server.
  base: './',
  plugins: [wasmAsScript()],
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
