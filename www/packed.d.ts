/** A WebAssembly module, packed with LZMA, as base64 text; made by the plugin in `vite.config.ts`. */
declare module '*.wasm?lzma' {
  const packed: string;
  export default packed;
}

/** The decoder of the package lzma1 by itself, which has an encoder seven times as long; see `vite.config.ts`. */
declare module 'lzma1-decoder' {
  export class InputBuffer {
    constructor(bytes: Uint8Array);
    readonly remaining: number;
  }
  export class OutputBuffer {
    constructor(capacity: number);
    toArray(): Uint8Array<ArrayBuffer>;
  }
  export class Decoder {
    decompress(input: InputBuffer, output: OutputBuffer): void;
  }
}

/** A script with everything that it imports, as text; made by the plugin in `build/script-text.ts`. */
declare module '*?script' {
  const code: string;
  export default code;
}
