/** The WebAssembly module. It comes as a script, packed and in base64, because the page may not fetch anything. */

let compiled: Promise<WebAssembly.Module> | undefined;

/** Compiles the module, once; after a failure the next call tries again. */
export async function compileEngine(): Promise<WebAssembly.Module> {
  compiled ??= load();
  try {
    return await compiled;
  } catch (error) {
    compiled = undefined;
    throw error;
  }
}

/** What the browser has to have, by the names that scripts know. */
const NEEDED = ['WebAssembly', 'DecompressionStream', 'Worker'];

async function load(): Promise<WebAssembly.Module> {
  const lacking = NEEDED.filter((name) => !(name in globalThis));
  if (lacking.length > 0) {
    throw new Error(
      `This browser has no ${lacking.join(' and no ')}. Browsers from 2023 on do: Chromium, Edge, Firefox, Safari.`,
    );
  }
  const { default: packed } = await import('./generated/diskglass_bg.wasm?gzip');
  const text = atob(packed);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return WebAssembly.compile(await new Response(unpacked).arrayBuffer());
}
