import type { GivenFile } from '../protocol.ts';

/** Files taken out of a dropped folder at most. */
const MOST_FILES = 10_000;

/** Makes the whole window take files and folders. */
export function takeDrops(
  onDrop: (files: Promise<readonly GivenFile[]>) => void,
  onHover: (hovers: boolean) => void,
): void {
  let depth = 0;
  const hover = (next: number) => {
    depth = Math.max(0, next);
    onHover(depth > 0);
  };
  addEventListener('dragenter', (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    hover(depth + 1);
  });
  addEventListener('dragleave', (event) => {
    if (carriesFiles(event)) hover(depth - 1);
  });
  addEventListener('dragover', (event) => {
    if (carriesFiles(event)) event.preventDefault();
  });
  addEventListener('drop', (event) => {
    if (!carriesFiles(event) || !event.dataTransfer) return;
    event.preventDefault();
    hover(0);
    // Both must be asked for before the handler returns: afterwards the items are gone.
    const entries = [...event.dataTransfer.items]
      .map((item) => item.webkitGetAsEntry())
      .filter((entry) => entry !== null);
    const files = [...event.dataTransfer.files];
    const given =
      entries.length > 0 ? filesOf(entries) : Promise.resolve(files.map((file) => fromFile(file)));
    onDrop(given);
  });
}

/** A picked file; from a folder picker with its path. */
export function fromFile(file: File, path = file.webkitRelativePath || file.name): GivenFile {
  return { path, file, modifiedMs: file.lastModified };
}

function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false;
}

/** All files below the dropped entries. What cannot be read is left out. */
async function filesOf(entries: FileSystemEntry[]): Promise<GivenFile[]> {
  const given: GivenFile[] = [];
  const open = [...entries];
  for (let entry = open.shift(); entry && given.length < MOST_FILES; entry = open.shift()) {
    try {
      if (isFile(entry)) given.push(fromFile(await fileOf(entry), entry.fullPath.replace(/^\//, '')));
      else if (isFolder(entry)) open.push(...(await childrenOf(entry)));
    } catch {
      // Removed or locked since it was dropped.
    }
  }
  return given;
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => {
    entry.file(resolve, reject);
  });
}

async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const children: FileSystemEntry[] = [];
  // A folder hands out its entries in portions; an empty one is the end.
  for (;;) {
    const portion = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (portion.length === 0 || children.length > MOST_FILES) return children;
    children.push(...portion);
  }
}
