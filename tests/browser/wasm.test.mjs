/** The optimised WebAssembly modules in Node: the same golden reports as the library compiled for this machine. */

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import Ajv from 'ajv/dist/2020.js';

const here = dirname(fileURLToPath(import.meta.url));
const generated = join(here, '../../www/src/generated');
const golden = join(here, '../golden');

/** What is loaded first has come to something that it has not got. */
class Incomplete extends Error {}

/** FileReaderSync exists in workers of browsers only: here, blobs keep their bytes at hand. */
class MemoryBlob {
  constructor(bytes) {
    this.bytes = bytes;
    this.size = bytes.length;
  }
  slice(start, end) {
    return new MemoryBlob(this.bytes.subarray(start, end));
  }
}

const samples = JSON.parse(readFileSync(join(generated, 'all-samples.json'), 'utf8'));
let whole;
let gallery;

before(async () => {
  globalThis.FileReaderSync = class FileReaderSync {
    readAsArrayBuffer(blob) {
      return blob.bytes.slice().buffer;
    }
  };
  gallery = await import(pathToFileURL(join(generated, 'samples.js')));
  gallery.initSync({ module: compiled('samples_bg') });
  globalThis.loadRest = () => {
    throw new Incomplete();
  };
  whole = await engineOfItsOwn();
  whole.complete();
});

const compiled = (name) => new WebAssembly.Module(readFileSync(join(generated, `${name}.wasm`)));

let engines = 0;

/** The engine's module once more, without its rest, which `complete` brings in. */
async function engineOfItsOwn() {
  const address = pathToFileURL(join(generated, 'diskglass.js'));
  address.search = `?${engines++}`;
  const bindings = await import(address);
  const first = bindings.initSync({ module: compiled('diskglass_bg') });
  const complete = () => new WebAssembly.Instance(compiled('diskglass_rest'), { first: { ...first } });
  return { ...bindings, complete };
}

function inspect(files, wasm = whole) {
  const engine = new wasm.Engine();
  for (const { name, bytes } of files) engine.add(name, new MemoryBlob(bytes));
  engine.open();
  while (!engine.advance(1 << 20).finished);
  const report = engine.report();
  engine.free();
  return report;
}

test('every main sample gives its golden report', () => {
  const names = samples.flatMap(({ name, main }) => (main ? [name] : []));
  assert.ok(names.length >= 14, `${names.length} samples`);
  assert.deepEqual(readdirSync(golden).sort(), names.map((name) => `${name}.json`).sort());
  for (const name of names) {
    const expected = JSON.parse(readFileSync(join(golden, `${name}.json`), 'utf8'));
    assert.deepEqual(inspect(gallery.sampleFiles(name)), expected, name);
  }
});

test('what is loaded first says of every sample what the whole engine says, or that it takes the whole', async () => {
  let first = await engineOfItsOwn();
  const opened = [];
  for (const { name, healthy, main } of samples) {
    const files = gallery.sampleFiles(name);
    try {
      assert.deepEqual(inspect(files, first), inspect(files), name);
      opened.push({ name, healthy, main });
    } catch (error) {
      if (!(error instanceof Incomplete)) throw error;
      // It stopped half-way: of no use any more.
      first = await engineOfItsOwn();
    }
  }
  const names = new Set(opened.map(({ name }) => name));
  for (const { name } of samples.filter(({ main, healthy }) => main && healthy)) {
    if (/^(vhd|vmdk)-|^raw-(mbr|gpt)/.test(name)) assert.ok(names.has(name), `${name} opens at once`);
  }
  assert.ok(
    opened.some(({ healthy }) => !healthy),
    'some that are damaged open at once too',
  );
  assert.ok(names.size < samples.length, 'there is something that is not loaded first');
});

test('the rest can come in between any two calls', async () => {
  const wasm = await engineOfItsOwn();
  const files = gallery.sampleFiles('vmdk-monolithic-sparse');
  const engine = new wasm.Engine();
  for (const { name, bytes } of files) engine.add(name, new MemoryBlob(bytes));
  engine.open();
  wasm.complete();
  while (!engine.advance(1 << 20).finished);
  assert.deepEqual(engine.report(), inspect(files));
  engine.verify();
  while (!engine.advance(1 << 20).finished);
  assert.equal(engine.report().coverage, 'data');
  engine.free();
});

test('every report follows the schema that is kept beside the code', () => {
  const schema = JSON.parse(
    readFileSync(join(here, '../../crate/diskglass/schema/report.schema.json'), 'utf8'),
  );
  const validate = new Ajv({ strict: false }).compile(schema);
  for (const file of readdirSync(golden)) {
    const report = JSON.parse(readFileSync(join(golden, file), 'utf8'));
    assert.ok(validate(report), `${file}: ${JSON.stringify(validate.errors)}`);
  }
  assert.ok(validate(inspect([{ name: 'nothing', bytes: new Uint8Array() }])));
  assert.ok(!validate({ schema: 'diskglass-report/1' }), 'the schema demands something');
});

test('rows and bytes are handed out in bounded pages', () => {
  const engine = new whole.Engine();
  const [file] = gallery.sampleFiles('vhd-dynamic-2040g');
  engine.add(file.name, new MemoryBlob(file.bytes));
  const report = engine.open();
  const bat = report.tables.find((table) => table.key === 'vhd.bat');
  assert.ok(bat.rows > 1_000_000);
  assert.equal(engine.rows('vhd.bat', 0, 100_000).rows.length, 512);
  assert.equal(engine.rows('vhd.bat', bat.rows - 3, 10).rows.length, 3);
  assert.equal(engine.rows('vhd.bat', bat.rows + 3, 10).rows.length, 0);
  assert.equal(engine.bytes(file.name, 0, 1 << 30).length, 64 << 10);
  assert.equal(engine.bytes(file.name, file.bytes.length - 5, 10).length, 5);
  assert.throws(() => engine.rows('no.such.table', 0, 1), /no table/);
  assert.throws(() => engine.rows('vhd.bat', -1, 1), /no position/);
  assert.throws(() => engine.bytes('no such file', 0, 1), /no file named/);
  engine.free();
});

test('explanations cross the boundary', () => {
  assert.match(gallery.explain('vhd.footer.checksum').what, /checksum/);
  assert.equal(gallery.explain('no.such.finding'), undefined);
});
