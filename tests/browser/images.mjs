/**
 * Images that the gallery has not: so large that their check takes a while (their data is a hole of the file), and one
 * that ends in the middle.
 */

import { closeSync, ftruncateSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { basename } from 'node:path';
import { deflateSync } from 'node:zlib';

export const SECTOR = 512;

/** Writes metadata, a hole behind it up to `end`, and what comes at the end. */
function writeWithHole(path, metadata, end, last = Buffer.alloc(0)) {
  const file = openSync(path, 'w');
  writeSync(file, metadata);
  ftruncateSync(file, end);
  writeSync(file, last, 0, last.length, end);
  closeSync(file);
}

/** Writes a VHD whose first `allocated` blocks are there as a hole of the file. */
export function writeVhd(path, { id, blocks, allocated, parent }) {
  const BLOCK = 2 << 20;
  const bytes = blocks * BLOCK;
  const seal = (structure, at) => {
    structure.writeUInt32BE(~structure.reduce((sum, byte) => sum + byte, 0) >>> 0, at);
    return structure;
  };
  const footer = Buffer.alloc(512);
  footer.write('conectix');
  footer.writeUInt32BE(2, 8);
  footer.writeUInt32BE(0x10000, 12);
  footer.writeBigUInt64BE(512n, 16);
  footer.writeUInt32BE(600_000_000, 24);
  footer.write('win \0\x0a\0\0Wi2k', 28, 'latin1');
  footer.writeBigUInt64BE(BigInt(bytes), 40);
  footer.writeBigUInt64BE(BigInt(bytes), 48);
  footer.writeUInt16BE(Math.floor(bytes / SECTOR / (16 * 63)), 56);
  footer.writeUInt8(16, 58);
  footer.writeUInt8(63, 59);
  footer.writeUInt32BE(parent ? 4 : 3, 60);
  footer.fill(id, 68, 84);
  seal(footer, 64);
  const header = Buffer.alloc(1024);
  header.write('cxsparse');
  header.fill(0xff, 8, 16);
  header.writeBigUInt64BE(1536n, 16);
  header.writeUInt32BE(0x10000, 24);
  header.writeUInt32BE(blocks, 28);
  header.writeUInt32BE(BLOCK, 32);
  if (parent) {
    header.fill(parent.id, 40, 56);
    header.write(parent.name, 64, 'utf16le');
    header.subarray(64, 576).swap16();
  }
  seal(header, 36);
  const table = Buffer.alloc(Math.ceil((blocks * 4) / SECTOR) * SECTOR, 0xff);
  const first = (1536 + table.length) / SECTOR;
  const stride = 1 + BLOCK / SECTOR;
  for (let block = 0; block < allocated; block++) table.writeUInt32BE(first + block * stride, block * 4);
  const end = (first + allocated * stride) * SECTOR;
  writeWithHole(path, Buffer.concat([footer, header, table]), end, footer);
}

/** The text that describes a VMDK: its identity, that of its parent where it has one, and its extents. */
function descriptor({ createType, extents, cid = '5eed5eed', parent }) {
  return [
    '# Disk DescriptorFile',
    'version=1',
    `CID=${cid}`,
    `parentCID=${parent?.cid ?? 'ffffffff'}`,
    `createType="${createType}"`,
    ...(parent ? [`parentFileNameHint="${parent.name}"`] : []),
    ...extents,
    'ddb.adapterType = "lsilogic"',
    'ddb.virtualHWVersion = "19"',
    '',
  ].join('\n');
}

/** Writes the descriptor of a VMDK whose sparse extents are files of their own. */
export function writeVmdkDescriptor(path, extents) {
  const lines = extents.map(({ name, sectors }) => `RW ${sectors} SPARSE "${name}"`);
  writeFileSync(path, descriptor({ createType: 'twoGbMaxExtentSparse', extents: lines }));
}

/**
 * Writes a sparse VMDK of so many sectors (whole grain tables of them), the first `allocated` grains of which are there,
 * one behind the other. It describes itself unless it is `isExtent` of another descriptor.
 */
export function writeSparseVmdk(path, { sectors, allocated, isExtent = false, cid, parent }) {
  const [grain, perTable, directory] = [128, 512, 21];
  const tables = sectors / (grain * perTable);
  const firstTable = directory + Math.ceil((tables * 4) / SECTOR);
  const perTableSectors = (perTable * 4) / SECTOR;
  const overhead = Math.ceil((firstTable + tables * perTableSectors) / grain) * grain;
  const grains = Math.min(allocated ?? Infinity, tables * perTable);
  const metadata = Buffer.alloc(overhead * SECTOR);
  metadata.write('KDMV');
  metadata.writeUInt32LE(1, 4);
  metadata.writeUInt32LE(1, 8);
  for (const [at, value] of [
    [12, sectors],
    [20, grain],
    [28, isExtent ? 0 : 1],
    [36, isExtent ? 0 : directory - 1],
    [56, directory],
    [64, overhead],
  ]) {
    metadata.writeBigUInt64LE(BigInt(value), at);
  }
  metadata.writeUInt32LE(perTable, 44);
  metadata.write('\n \r\n', 73, 'latin1');
  if (!isExtent) {
    const extents = [`RW ${sectors} SPARSE "${basename(path)}"`];
    metadata.write(descriptor({ createType: 'monolithicSparse', extents, cid, parent }), SECTOR);
  }
  for (let table = 0; table < tables; table++) {
    const at = firstTable + table * perTableSectors;
    metadata.writeUInt32LE(at, directory * SECTOR + table * 4);
    for (let entry = 0; entry < Math.min(perTable, grains - table * perTable); entry++) {
      metadata.writeUInt32LE(overhead + (table * perTable + entry) * grain, at * SECTOR + entry * 4);
    }
  }
  writeWithHole(path, metadata, (overhead + grains * grain) * SECTOR);
}

const GRAIN = 128;

/** The header of a stream of so many sectors, with its description; its directory is at `directory`. */
function streamHead(path, sectors, directory = 0xffffffffffffffffn) {
  const head = Buffer.alloc(GRAIN * SECTOR);
  head.write('KDMV');
  head.writeUInt32LE(3, 4);
  head.writeUInt32LE(0x30001, 8);
  for (const [at, value] of [
    [12, BigInt(sectors)],
    [20, BigInt(GRAIN)],
    [28, 1n],
    [36, 20n],
    [56, directory],
    [64, BigInt(GRAIN)],
  ]) {
    head.writeBigUInt64LE(value, at);
  }
  head.writeUInt32LE(512, 44);
  head.write('\n \r\n', 73, 'latin1');
  head.writeUInt16LE(1, 77);
  head.write(
    descriptor({ createType: 'streamOptimized', extents: [`RDONLY ${sectors} SPARSE "${basename(path)}"`] }),
    SECTOR,
  );
  return head;
}

/** A grain that does not compress; another one for another seed. */
function noise(seed) {
  const bytes = Buffer.alloc(GRAIN * SECTOR);
  let state = seed;
  for (let at = 0; at < bytes.length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

/** A compressed grain behind its marker. */
function storedGrain(grain, data) {
  const marker = Buffer.alloc(12);
  marker.writeBigUInt64LE(BigInt(grain * GRAIN), 0);
  marker.writeUInt32LE(data.length, 8);
  return padded(Buffer.concat([marker, data]));
}

/** Filled up to a whole sector. */
function padded(bytes) {
  return Buffer.concat([bytes, Buffer.alloc((SECTOR - (bytes.length % SECTOR)) % SECTOR)]);
}

/** Writes a stream of so many grains. `spoil` changes a grain as it is stored, its marker in front. */
export function writeStream(path, { grains, spoil = () => undefined, data = deflateSync(noise(1)) }) {
  const perTable = 512;
  const sectors = Math.ceil(grains / perTable) * perTable * GRAIN;
  const file = openSync(path, 'w');
  let at = 0;
  const write = (bytes) => {
    writeSync(file, bytes);
    at += bytes.length / SECTOR;
  };
  const marker = (type, length) => {
    const bytes = Buffer.alloc(SECTOR);
    bytes.writeBigUInt64LE(BigInt(length), 0);
    bytes.writeUInt32LE(type, 12);
    write(bytes);
  };
  write(streamHead(path, sectors));
  const tables = Buffer.alloc((sectors / GRAIN) * 4);
  for (let grain = 0; grain < grains; grain++) {
    tables.writeUInt32LE(at, grain * 4);
    const stored = storedGrain(grain, data);
    spoil(grain, stored);
    write(stored);
  }
  const tableBytes = perTable * 4;
  const directory = Buffer.alloc((tables.length / tableBytes) * 4);
  for (let table = 0; table < directory.length / 4; table++) {
    marker(1, tableBytes / SECTOR);
    directory.writeUInt32LE(at, table * 4);
    write(tables.subarray(table * tableBytes, (table + 1) * tableBytes));
  }
  const stored = padded(directory);
  marker(2, stored.length / SECTOR);
  const directoryAt = at;
  write(stored);
  marker(3, 1);
  write(streamHead(path, sectors, BigInt(directoryAt)).subarray(0, SECTOR));
  marker(0, 0);
  closeSync(file);
}

/** Writes the first half of a stream with 64 grains that do not compress: its tables would be behind them. */
export function writeHalfStream(path) {
  const parts = [streamHead(path, 64 * GRAIN)];
  for (let grain = 0; grain < 32; grain++) parts.push(storedGrain(grain, deflateSync(noise(grain + 1))));
  const file = Buffer.concat(parts);
  writeFileSync(path, file.subarray(0, file.length - 40 * SECTOR));
}
