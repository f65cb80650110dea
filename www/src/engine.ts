/** The WebAssembly modules. They come as scripts, packed and in base64, because the page may not fetch anything. */

import { text } from './text/index.ts';

/** What the browser has to have, by the names that scripts know. */
const NEEDED = ['WebAssembly', 'Worker'];

/** Compiles a module once; after a failure the next call tries again. */
function compiledOnce(packed: () => Promise<{ default: string }>): () => Promise<WebAssembly.Module> {
  let compiled: Promise<WebAssembly.Module> | undefined;
  return async () => {
    compiled ??= load(packed);
    try {
      return await compiled;
    } catch (error) {
      compiled = undefined;
      throw error;
    }
  };
}

/** The part of the engine that opens images, for the workers. */
export const compileEngine = compiledOnce(() => import('./generated/diskglass_bg.wasm?lzma'));

/** The rest of it: what tells all the rest about an image, and what few images need to be opened. */
export const compileRest = compiledOnce(() => import('./generated/diskglass_rest.wasm?lzma'));

/** What writes samples. */
export const compileGallery = compiledOnce(() => import('./generated/samples_bg.wasm?lzma'));

async function load(packed: () => Promise<{ default: string }>): Promise<WebAssembly.Module> {
  const lacking = NEEDED.filter((name) => !(name in globalThis));
  if (lacking.length > 0) {
    throw new Error(text().failures.lacks(lacking));
  }
  const [{ default: module }, { Decoder, InputBuffer, OutputBuffer }] = await Promise.all([
    packed(),
    import('lzma1-decoder'),
  ]);
  const decoded = atob(module);
  const bytes = Uint8Array.from(decoded, (letter) => letter.charCodeAt(0));
  // The length of what comes out stands behind the five bytes of properties.
  const length = new DataView(bytes.buffer).getUint32(5, true);
  const unpacked = new OutputBuffer(length);
  new Decoder().decompress(new InputBuffer(bytes), unpacked);
  return WebAssembly.compile(unpacked.toArray());
}
