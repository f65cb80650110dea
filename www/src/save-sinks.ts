/**
 * Where saved bytes go: into a file that the reader chose, where the browser lets a page write one; else into a file of
 * the page's own storage, which then becomes a download; and where there is none of that, into memory, up to a limit.
 */

import { downloadBlob } from './ui/download.ts';

/** As much is put together in memory, where the browser offers nothing better. */
export const MEMORY_LIMIT = 256 * 2 ** 20;

const KEPT = 'diskglass-saving-';

export interface Sink {
  /** `kept`: a copy stays in the page's storage until {@link removeKept}. */
  kind: 'picked' | 'kept' | 'memory';
  /** Writes bytes at a place. Places only grow; what is left out is zeros. */
  write(at: number, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Ends the file at this length, and hands it to the reader. */
  finish(length: number): Promise<void>;
  /** Takes back what was written. */
  abandon(): Promise<void>;
}

/** More than can be put together in memory. */
export class TooLarge extends Error {
  override name = 'TooLarge';
}

declare global {
  interface Window {
    showSaveFilePicker?(options: { suggestedName: string }): Promise<FileSystemFileHandle>;
  }
}

type Removable = FileSystemFileHandle & { remove?(): Promise<void> };

/**
 * Opens a file of that name for so many bytes, as far as that is known. Nothing where the reader changed his mind. To be
 * called straight from a click: the browser asks where the file is to go.
 */
export async function openSink(name: string, bytes: number | undefined): Promise<Sink | undefined> {
  if (window.showSaveFilePicker) {
    try {
      return await pickedSink(await window.showSaveFilePicker({ suggestedName: name }));
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return undefined;
      // Not allowed here, as within a frame.
    }
  }
  const kept = await keptSink(name, bytes).catch((error: unknown) => {
    if (isFull(error)) throw error;
    return undefined;
  });
  if (kept) return kept;
  if ((bytes ?? 0) > MEMORY_LIMIT) throw new TooLarge();
  return memorySink(name);
}

/** Whether there is no room for what was to be written. */
export function isFull(error: unknown): boolean {
  return error instanceof Error && error.name === 'QuotaExceededError';
}

async function pickedSink(handle: Removable): Promise<Sink> {
  const isNew = (await handle.getFile()).size === 0;
  const writable = await handle.createWritable();
  return {
    kind: 'picked',
    ...intoFile(writable),
    finish: (length) => closeAt(writable, length),
    async abandon() {
      await writable.abort();
      // What was there before is still there; an empty file is nobody's.
      if (isNew) await handle.remove?.();
    },
  };
}

function intoFile(writable: FileSystemWritableFileStream): Pick<Sink, 'write'> {
  return { write: (position, data) => writable.write({ type: 'write', position, data }) };
}

async function closeAt(writable: FileSystemWritableFileStream, length: number): Promise<void> {
  // Zeros at the end were not written.
  await writable.truncate(length);
  await writable.close();
}

/** Lets go of the file that was saved last by way of the page's storage. */
let release: (() => void) | undefined;

async function keptSink(name: string, bytes: number | undefined): Promise<Sink | undefined> {
  if (!isSecureContext) return undefined;
  await removeKept();
  const { quota, usage } = await navigator.storage.estimate();
  if (quota !== undefined && (bytes ?? 0) > quota - (usage ?? 0)) {
    throw new DOMException('', 'QuotaExceededError');
  }
  const folder = await navigator.storage.getDirectory();
  const own = KEPT + crypto.randomUUID();
  // Other tabs leave files alone that somebody holds.
  await new Promise<void>((held, failed) => {
    const hold = (): Promise<void> =>
      new Promise((resolve) => {
        release = resolve;
        held();
      });
    navigator.locks.request(own, hold).catch(failed);
  });
  const handle = await folder.getFileHandle(own, { create: true });
  const writable = await handle.createWritable();
  return {
    kind: 'kept',
    ...intoFile(writable),
    async finish(length) {
      await closeAt(writable, length);
      downloadBlob(name, await handle.getFile());
    },
    async abandon() {
      await writable.abort();
      await removeKept();
    },
  };
}

/** Removes what was saved by way of the page's storage, by this page or by one that is closed. */
export async function removeKept(): Promise<void> {
  release?.();
  release = undefined;
  if (!isSecureContext) return;
  try {
    const folder = await navigator.storage.getDirectory();
    const { held = [] } = await navigator.locks.query();
    const inUse = new Set(held.map(({ name }) => name));
    for await (const name of folder.keys()) {
      if (name.startsWith(KEPT) && !inUse.has(name)) await folder.removeEntry(name);
    }
  } catch {
    // There is no such storage, or it is not to be had: then nothing is kept there.
  }
}

function memorySink(name: string): Sink {
  let parts: Blob[] = [];
  let length = 0;
  const pad = (to: number): void => {
    if (to > MEMORY_LIMIT) throw new TooLarge();
    if (to > length) parts.push(new Blob([new Uint8Array(to - length)]));
    length = to;
  };
  return {
    kind: 'memory',
    write(at, bytes) {
      pad(at);
      if (length + bytes.length > MEMORY_LIMIT) throw new TooLarge();
      parts.push(new Blob([bytes]));
      length += bytes.length;
      return Promise.resolve();
    },
    finish(end) {
      pad(end);
      downloadBlob(name, new Blob(parts));
      parts = [];
      return Promise.resolve();
    },
    abandon() {
      parts = [];
      return Promise.resolve();
    },
  };
}
