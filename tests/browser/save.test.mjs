/** Saving the disk, ranges and tables: what arrives is what the command saves, and never much of it is in memory. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { closeSync, copyFileSync, openSync, readFileSync, readSync, statSync, truncateSync } from 'node:fs';
import { test } from 'node:test';
import { basename, join, pick, run, setUp, view, violations } from './harness.mjs';

const { world, filesOf } = setUp();

/** A picker as Chromium's, which a browser without a screen does not show: it takes notes of what is written. */
function standIn() {
  const saved = { names: [], writes: [], open: 0, most: 0, bytes: 0 };
  window.saved = saved;
  // Pieces that were asked for and are not written yet.
  let ahead = 0;
  const { postMessage } = Worker.prototype;
  Worker.prototype.postMessage = function (message, ...rest) {
    if (message?.question === 'saveNext') saved.most = Math.max(saved.most, ++ahead);
    return postMessage.call(this, message, ...rest);
  };
  const digest = async (bytes) =>
    [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))]
      .map((byte) => byte.toString(16).padStart(2, '0'))
      .join('');
  const writable = {
    async write({ position, data }) {
      if (saved.fails) throw new DOMException('full', 'QuotaExceededError');
      saved.open += 1;
      saved.mostOpen = Math.max(saved.mostOpen ?? 0, saved.open);
      saved.writes.push({ position, length: data.length, digest: await digest(data) });
      if (saved.delay) await new Promise((resolve) => setTimeout(resolve, saved.delay));
      saved.bytes += data.length;
      saved.open -= 1;
      ahead -= 1;
    },
    async truncate(length) {
      saved.length = length;
    },
    async close() {
      saved.closed = true;
    },
    async abort() {
      saved.aborted = true;
    },
  };
  window.showSaveFilePicker = async ({ suggestedName }) => {
    if (saved.declines) throw new DOMException('no', 'AbortError');
    // Each file begins anew.
    Object.assign(saved, { writes: [], bytes: 0, closed: false, aborted: false, removed: false });
    ahead = 0;
    saved.names.push(suggestedName);
    return {
      getFile: async () => new File([], suggestedName),
      createWritable: async () => writable,
      remove: async () => {
        saved.removed = true;
      },
    };
  };
}

/** A page with that picker and these files. */
async function opened(files, options = {}) {
  const page = await world.open({ ...options, query: '' });
  await page.evaluate(standIn);
  await pick(page, files);
  return page;
}

/** Waits until nothing is being saved any more; how that ended. */
async function ended(page) {
  await page.waitForSelector('[data-saving="done"], [data-saving="failed"], [data-saving="stopped"]', {
    timeout: 120_000,
  });
  return page.getAttribute('.saving', 'data-saving');
}

/** The stand-in was given what the command wrote: every piece of it, and nothing but zeros is left out. */
async function assertSame(page, path) {
  const { writes, length } = await page.evaluate(() => window.saved);
  assert.equal(length, statSync(path).size);
  const file = openSync(path);
  let at = 0;
  for (const write of [...writes, { position: length, length: 0 }]) {
    const { position, digest } = write;
    // A very large hole is not gone through.
    for (; at < position && position < 1 << 30; at += 1 << 20) {
      assert.ok(
        read(file, at, Math.min(1 << 20, position - at)).every((byte) => byte === 0),
        `zeros at ${at}`,
      );
    }
    const bytes = read(file, position, write.length);
    if (digest) assert.equal(createHash('sha256').update(bytes).digest('hex'), digest, `at ${position}`);
    at = position + write.length;
  }
  closeSync(file);
}

function read(file, position, length) {
  const bytes = Buffer.alloc(length);
  readSync(file, bytes, 0, length, position);
  return bytes;
}

/** What the command saves of the same files. */
function byCommand(name, ...args) {
  const path = join(world.folder, name);
  const { status, stderr } = run('save', ...args, '-o', path, '--force');
  return { path, status, stderr };
}

test('the disk arrives as the command saves it', async () => {
  const files = filesOf('vhd-dynamic');
  const page = await opened(files);
  await page.click('[data-action="save-disk"]');
  assert.equal(await ended(page), 'done');
  const expected = byCommand('disk.raw', ...files, '--raw');
  assert.deepEqual(
    [expected.status, await page.evaluate(() => window.saved.names)],
    [0, ['vhd-dynamic.raw']],
  );
  await assertSame(page, expected.path);
  assert.match(await page.textContent('.saving'), /Saved vhd-dynamic\.raw.*Everything could be read/s);

  await page.click('[data-action="dismiss-saving"]');
  await view(page, 'partitions');
  await page.click('tr[data-partition="1"]');
  await page.click('[data-action="save-partition"]');
  assert.equal(await ended(page), 'done');
  const partition = byCommand('p1.raw', ...files, '--partition', '1');
  await assertSame(page, partition.path);
  assert.deepEqual(page.errors, []);
});

test('two terabytes of nearly nothing take a moment, and nothing is written for zeros', async () => {
  const files = filesOf('vhd-dynamic-2040g');
  const page = await opened(files);
  await page.click('[data-action="save-disk"]');
  assert.equal(await ended(page), 'done');
  const { length, bytes } = await page.evaluate(() => window.saved);
  const { path } = byCommand('large.raw', ...files, '--raw');
  assert.ok(length > 2_000_000_000_000 && bytes < 64 << 20, `${length}, ${bytes}`);
  await assertSame(page, path);
  assert.deepEqual(page.errors, []);
});

test('a large disk is never in memory: at most two pieces are on their way', async () => {
  const path = join(world.folder, 'large.img');
  copyFileSync(filesOf('raw-mbr')[0], path);
  truncateSync(path, 768 << 20);
  const page = await opened([path]);
  await page.click('[data-action="save-disk"]');
  await page.waitForSelector('[data-saving="running"] .bar');
  assert.equal(await ended(page), 'done');
  const { writes, most, mostOpen, length } = await page.evaluate(() => window.saved);
  assert.equal(length, 768 << 20);
  assert.ok(most <= 2 && mostOpen === 1, `${most} pieces asked for, ${mostOpen} written at once`);
  assert.ok(writes.every(({ length }) => length <= 1 << 20));
  assert.equal(
    writes.reduce((sum, { length }) => sum + length, 0),
    length,
  );
  await assertSame(page, path);
  assert.deepEqual(page.errors, []);
});

test('what is damaged is listed, and the list can be saved', async () => {
  const files = filesOf('vhd-bat-past-end');
  const page = await opened(files);
  await page.click('[data-action="save-disk"]');
  assert.equal(await ended(page), 'done');
  const { status, stderr } = byCommand('damaged.raw', ...files, '--raw');
  assert.equal(status, 1);
  const shown = await page.$$eval('.zero-filled li', (lines) => lines.map((line) => line.textContent));
  assert.equal(shown.length, 1);
  const download = page.waitForEvent('download');
  await page.click('[data-action="save-zero-filled"]');
  const list = JSON.parse(readFileSync(await (await download).path(), 'utf8'));
  const [{ offset, length, reason }] = list.stretches;
  assert.deepEqual([list.count, list.bytes], [1, length]);
  assert.ok(
    stderr.includes(`zeros at guest byte ${offset} (0x${offset.toString(16)}), ${length} bytes: ${reason}`),
  );
  assert.ok(shown[0].includes(reason));
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(page.errors, []);
});

test('tables are saved as they are listed', async () => {
  const files = filesOf('vhd-dynamic');
  const page = await opened(files);
  await view(page, 'tables');
  for (const [form, options] of [
    ['ndjson', []],
    ['csv', ['--state', 'allocated']],
  ]) {
    if (options.length > 0) await page.click('[data-count="allocated"] button');
    await page.click(`[data-action="save-${form}"]`);
    assert.equal(await ended(page), 'done');
    const { path } = byCommand(`table.${form}`, ...files, '--table', 'vhd.bat', '--format', form, ...options);
    await assertSame(page, path);
    await page.click('[data-action="dismiss-saving"]');
  }
  const names = await page.evaluate(() => window.saved.names);
  assert.deepEqual(names, ['vhd-dynamic.vhd.bat.ndjson', 'vhd-dynamic.vhd.bat.allocated.csv']);
  assert.deepEqual(page.errors, []);
});

test('a range of a file and one of the disk', async () => {
  const files = filesOf('vhd-dynamic');
  const page = await opened(files);
  await page.evaluate(() => {
    location.hash = '#view=hex&offset=512&length=1024';
  });
  await view(page, 'hex');
  await page.fill('.save-bytes [name="from"]', '0x200');
  await page.fill('.save-bytes [name="length"]', '1 KiB');
  await page.click('[data-action="save-bytes"]');
  assert.equal(await ended(page), 'done');
  const start = byCommand('start.bin', ...files, '--at', `${basename(files[0])}:512:1024`);
  await assertSame(page, start.path);

  await page.selectOption('.save-bytes [name="of"]', 'disk');
  await page.fill('.save-bytes [name="length"]', '3 MiB');
  await page.click('[data-action="dismiss-saving"]');
  await page.click('[data-action="save-bytes"]');
  assert.equal(await ended(page), 'done');
  const { path } = byCommand('range.bin', ...files, '--range', '512:3M');
  await assertSame(page, path);

  // What is not there is said at the field, and nothing is begun.
  const before = await page.evaluate(() => window.saved.names.length);
  await page.fill('.save-bytes [name="length"]', '9 TiB');
  await page.click('[data-action="save-bytes"]');
  const message = await page.$eval('.save-bytes [name="length"]', (input) => input.validationMessage);
  assert.match(message, /It ends at byte/);
  assert.equal(await page.evaluate(() => window.saved.names.length), before);
  assert.deepEqual(page.errors, []);
});

test('what is stopped, declined or fails leaves nothing', async () => {
  const path = join(world.folder, 'stopped.img');
  copyFileSync(filesOf('raw-mbr')[0], path);
  truncateSync(path, 512 << 20);
  const page = await opened([path]);
  const set = (change) => page.evaluate((change) => Object.assign(window.saved, change), change);
  await set({ declines: true });
  await page.click('[data-action="save-disk"]');
  await page.waitForSelector('[data-action="save-disk"]:enabled');
  assert.equal(await page.$('.saving'), null, 'nothing is said where the reader changed his mind');

  await set({ declines: false, delay: 20 });
  await page.click('[data-action="save-disk"]');
  await page.click('[data-action="stop-saving"]');
  assert.equal(await ended(page), 'stopped');
  const stopped = await page.evaluate(() => window.saved);
  assert.ok(stopped.aborted && stopped.removed && !stopped.closed && stopped.bytes < 512 << 20);

  await set({ fails: true, delay: 0 });
  await page.click('[data-action="save-disk"]');
  await page.waitForSelector('[data-saving="failed"]');
  assert.match(await page.textContent('.saving'), /not enough room/);
  assert.match(await page.textContent('.saving-command code'), /^diskglass save stopped\.img --raw -o /);
  assert.ok(await page.evaluate(() => window.saved.aborted && window.saved.removed));

  // Other files end what is being saved.
  await set({ fails: false, delay: 20 });
  await page.click('[data-action="dismiss-saving"]');
  await page.click('[data-action="save-disk"]');
  await page.waitForSelector('[data-saving="running"]');
  await page.setInputFiles('#open-files', filesOf('vhd-fixed'));
  assert.equal(await ended(page), 'failed');
  assert.match(await page.textContent('.saving'), /The files were opened anew/);
  assert.deepEqual(page.errors, []);
});

/** A page whose browser has no picker. */
async function withoutPicker(files) {
  const page = await world.open({ lacking: 'showSaveFilePicker' });
  await pick(page, files);
  return page;
}

test('without a picker it goes through the storage of the page, which is empty afterwards', async () => {
  const files = filesOf('vmdk-monolithic-sparse');
  const page = await withoutPicker(files);
  const kept = () =>
    page.evaluate(async () => {
      const names = [];
      for await (const name of (await navigator.storage.getDirectory()).keys()) names.push(name);
      return names;
    });
  const download = page.waitForEvent('download');
  await page.click('[data-action="save-disk"]');
  const file = await download;
  assert.equal(file.suggestedFilename(), 'vmdk-monolithic-sparse.raw');
  const { path } = byCommand('kept.raw', ...files, '--raw');
  assert.ok(readFileSync(await file.path()).equals(readFileSync(path)));
  assert.equal(await ended(page), 'done');
  assert.equal((await kept()).length, 1);
  assert.match(await page.textContent('.saving'), /close it when the download has ended/);

  // Another page of the same origin leaves it alone; closing the message removes it.
  const other = await page.context().newPage();
  await other.goto(world.url);
  await other.waitForFunction(() => typeof window.diskglass?.report === 'function');
  assert.equal((await kept()).length, 1);
  await page.click('[data-action="dismiss-saving"]');
  await page.waitForFunction(async () => {
    for await (const _ of (await navigator.storage.getDirectory()).keys()) return false;
    return true;
  });
  // What a page left that was closed is removed by the next one.
  await page.evaluate(async () => {
    await (await navigator.storage.getDirectory()).getFileHandle('diskglass-saving-old', { create: true });
  });
  await page.reload();
  await page.waitForFunction(async () => {
    for await (const _ of (await navigator.storage.getDirectory()).keys()) return false;
    return true;
  });
  assert.deepEqual(page.errors, []);
});

test('a disk that does not fit into that storage is refused at once', async () => {
  const page = await withoutPicker(filesOf('vhd-dynamic-2040g'));
  await page.click('[data-action="save-disk"]');
  assert.equal(await ended(page), 'failed');
  assert.match(await page.textContent('.saving'), /not enough room/);
  assert.match(await page.textContent('.saving-command'), /diskglass save vhd-dynamic-2040g\.vhd --raw/);
  assert.deepEqual(page.errors, []);
});

test('without any storage it is put together in memory, up to a limit', async () => {
  const files = filesOf('vmdk-monolithic-sparse');
  const page = await withoutPicker(files);
  const forbid = () => {
    StorageManager.prototype.getDirectory = () => Promise.reject(new DOMException('no', 'SecurityError'));
  };
  await page.evaluate(forbid);
  const download = page.waitForEvent('download');
  await page.click('[data-action="save-disk"]');
  const { path } = byCommand('memory.raw', ...files, '--raw');
  assert.ok(readFileSync(await (await download).path()).equals(readFileSync(path)));
  assert.equal(await ended(page), 'done');

  const large = join(world.folder, 'limit.img');
  copyFileSync(filesOf('raw-mbr')[0], large);
  truncateSync(large, (256 << 20) + 512);
  const other = await withoutPicker([large]);
  await other.evaluate(forbid);
  await other.click('[data-action="save-disk"]');
  assert.equal(await ended(other), 'failed');
  assert.match(await other.textContent('.saving'), /up to 256 MiB in memory/);
  assert.match(
    await other.textContent('.saving-command code'),
    /^diskglass save limit\.img --raw -o limit\.raw$/,
  );
  assert.deepEqual([...page.errors, ...other.errors], []);
});
