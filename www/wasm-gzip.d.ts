/** A WebAssembly module, compressed with gzip, as base64 text; made by the plugin in `vite.config.ts`. */
declare module '*.wasm?gzip' {
  const packed: string;
  export default packed;
}
