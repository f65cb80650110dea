/** The WebAssembly module. It comes as a script, in base64, because the page may not fetch anything. */

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

async function load(): Promise<WebAssembly.Module> {
  const { default: base64 } = await import('./generated/diskglass_bg.wasm?base64');
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return WebAssembly.compile(bytes);
}
