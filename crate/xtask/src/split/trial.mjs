// Opens healthy samples the way the page does, and prints which marks were reached, as a JSON array.

import { readFileSync } from 'node:fs';

const [mark, marked] = process.argv.slice(2);

/** What is opened with the first part alone: healthy images of the main formats, in all variants. */
const OPENED = /^(vhd|vmdk|raw-(mbr|gpt|boot|volume|finding))/;

class FileReaderSync {
  readAsArrayBuffer({ bytes, start, end }) {
    return bytes.slice(start, end).buffer;
  }
}

/** As much of a Blob as is read. */
class Blob {
  constructor(bytes, start = 0, end = bytes.length) {
    Object.assign(this, { bytes, start, end, size: end - start });
  }

  slice(start, end) {
    return new Blob(this.bytes, this.start + start, this.start + end);
  }
}

Object.assign(globalThis, { FileReaderSync, loadRest() {} });
// What is run must not depend on when it is.
Date.now = () => 1_700_000_000_000;

const gallery = await import('./samples.js');
gallery.initSync({ module: readFileSync('samples_bg.wasm') });
const engine = await import('./diskglass.js');
const exports = engine.initSync({ module: readFileSync(marked) });

const isOpened = ({ name, healthy }) => healthy && OPENED.test(name);
for (const { name } of JSON.parse(readFileSync('all-samples.json', 'utf8')).filter(isOpened)) {
  const files = gallery.sampleFiles(name);
  const opened = new engine.Engine();
  for (const file of files) opened.add(file.name, new Blob(file.bytes));
  opened.open();
  while (!opened.advance(1 << 20).finished);
  opened.cancel();
  opened.report();
  opened.free();
}

const reached = Object.entries(exports).filter(([name, { value }]) => name.startsWith(mark) && value === 1);
console.log(JSON.stringify(reached.map(([name]) => Number(name.slice(mark.length)))));
