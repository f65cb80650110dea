/** A WebAssembly module as base64 text, made by the plugin in `vite.config.ts`. */
declare module '*.wasm?base64' {
  const base64: string;
  export default base64;
}
