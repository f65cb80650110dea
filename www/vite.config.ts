import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { offline } from './build/offline.ts';
import { scriptText } from './build/script-text.ts';
import { TARGET } from './build/scripts.ts';
import { singleFile } from './build/single-file.ts';

/**
 * Makes `import packed from './some.wasm?lzma'` an ES module whose default export is the module as it stands packed
 * beside it (`some.wasm.lzma`), in base64. The page's Content-Security-Policy forbids every connection, so the module
 * cannot be fetched: it has to arrive as a script. Packed, it is a third as long, also on a server that does not
 * compress.
 */
function wasmAsScript(): Plugin {
  const suffix = '?lzma';
  return {
    name: 'wasm-as-script',
    enforce: 'pre',
    async load(id) {
      if (!id.endsWith(`.wasm${suffix}`)) return null;
      const file = `${id.slice(0, -suffix.length)}.lzma`;
      this.addWatchFile(file);
      const packed = (await readFile(file)).toString('base64');
      return { code: `export default ${JSON.stringify(packed)};`, moduleType: 'js' };
    },
  };
}

/**
 * The decoder of the package lzma1, without its encoder. The package has one entrance for both, behind which neither
 * can be left out.
 */
function lzmaDecoder(): Plugin {
  const name = 'lzma1-decoder';
  const library = fileURLToPath(new URL('./node_modules/lzma1/lib/', import.meta.url));
  return {
    name,
    resolveId: (id) => (id === name ? `\0${name}` : null),
    load: (id) =>
      id === `\0${name}`
        ? `export { Decoder } from ${JSON.stringify(`${library}decoder.js`)};
           export { InputBuffer, OutputBuffer } from ${JSON.stringify(`${library}streams.js`)};`
        : null,
  };
}

/** What the page's imports need, in each of its forms. */
const imports = (): Plugin[] => [wasmAsScript(), lzmaDecoder(), scriptText()];

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // Relative addresses: the page works under any path of any server.
  base: './',
  plugins: [...imports(), singleFile(imports), offline()],
  build: {
    outDir: '../dist',
    emptyOutDir: true,
    target: TARGET,
    // Its polyfill calls fetch, and a preload is a connection like any other.
    modulePreload: false,
    // Files stay files: the policy allows neither inline scripts nor inline styles.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    // The chunk that holds the WebAssembly module is large on purpose.
    chunkSizeWarningLimit: 4096,
  },
});
