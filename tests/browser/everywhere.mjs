/** The main journeys through the page, for every browser of `drivers.mjs`. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { closeSync, cpSync, ftruncateSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, before, test } from 'node:test';
import { commandReport, dist, golden, run, serve, writeSamples } from './harness.mjs';
import { writeVhd } from './images.mjs';

/** Larger than the file systems of some machines allow; then as large as they do. */
const SIZES = [15 * 2 ** 40, 2 ** 41];

/** Registers the journeys as tests, in a browser that `start` starts. */
export function journeys(start) {
  const world = {};
  before(async () => {
    world.folder = mkdtempSync(join(tmpdir(), 'diskglass-everywhere-'));
    world.filesOf = writeSamples(world);
    world.server = await serve({ base: '/some/deep/path/' });
    world.browser = await start();
    world.page = await world.browser.newPage();
  });
  after(async () => {
    await world.page?.close();
    await world.browser?.close();
    await world.server?.close();
    if (world.folder) rmSync(world.folder, { recursive: true, force: true });
  });

  /** A journey that begins at the start of the page. */
  const journey = (title, walk, query = '') =>
    test(title, async () => {
      await world.page.open(world.server.url + query);
      await walk(world.page);
    });

  test('the page can be used as soon as it is painted', async (context) => {
    await world.page.open(world.server.url);
    // Nothing is painted before the whole page is there with its buttons.
    const painted = () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime;
    assert.ok(await world.page.waitFor(painted));
    const time = await world.page.evaluate(painted);
    context.diagnostic(`usable ${time.toFixed(0)} ms after the visit began`);
  });

  journey('picked files give the report that the command gives, as a download too', async (page) => {
    const files = world.filesOf('vmdk-two-gb-sparse');
    const expected = commandReport(...files);
    assert.deepEqual(await page.pick(files), expected);
    await page.evaluate(() => {
      const make = URL.createObjectURL;
      URL.createObjectURL = (blob) => {
        window.saved = blob;
        return make.call(URL, blob);
      };
    });
    await page.click('[data-action="export-json"]');
    await page.waitFor(() => window.saved !== undefined);
    assert.deepEqual(JSON.parse(await page.evaluate(() => window.saved.text())), expected);
  });

  journey('a drop is taken', async (page) => {
    // Its automation can neither drop files nor make a drop of them.
    if (world.browser.cannotDrop) return;
    await page.evaluate(() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(['Dear diary'], 'notes.txt'));
      for (const type of ['dragenter', 'dragover', 'drop']) {
        document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
      }
    });
    await page.waitFor(() => document.documentElement.dataset.state === 'ready');
    const { verdict, files } = await page.report();
    assert.equal(verdict, 'unrecognised');
    assert.deepEqual(
      files.map(({ name }) => name),
      ['notes.txt'],
    );
  });

  journey('a child asks for its parent, and finds it when that is given', async (page) => {
    const files = world.filesOf('vhd-differencing');
    const parent = files.find((file) => file.endsWith('parent.vhd'));
    const child = files.find((file) => file !== parent);
    assert.equal((await page.pick([child])).verdict, 'incomplete');
    await page.view('chain');
    await page.waitFor(() => document.querySelector('[data-link-status="missing"]') !== null);
    assert.deepEqual(await page.pick([parent]), commandReport(...files));
    await page.waitFor(() => document.querySelector('[data-link-status="matches"]') !== null);
  });

  journey('a finding of a damaged image leads to its bytes', async (page) => {
    const files = world.filesOf('vhd-header-checksum');
    const shown = await page.pick(files);
    assert.deepEqual(shown, commandReport(...files));
    assert.equal(shown.verdict, 'damaged');
    const { id, places } = shown.findings.find(({ id }) => id === 'vhd.header.checksum');
    await page.view('findings');
    await page.click(`[data-finding="${id}"] [data-place]`);
    const [{ offset, length }] = places;
    await page.waitFor(
      (line, marked) =>
        document.querySelector(`[data-hex] [data-offset="${line}"]`) !== null &&
        document.querySelectorAll('[data-hex] [data-selected]').length === marked,
      Math.floor(offset / 16) * 16,
      length,
    );
  });

  journey('a million rows can be walked from end to end', async (page) => {
    const { tables } = await page.pick(world.filesOf('vhd-dynamic-2040g'));
    const { rows } = tables.find(({ key }) => key === 'vhd.bat');
    assert.ok(rows > 1_000_000);
    await page.view('tables');
    await page.click('[data-row="0"]');
    await page.press('End');
    const isThere = (row) => document.querySelector(`[data-row="${row}"]`) !== null;
    await page.waitFor(isThere, rows - 1);
    await page.press('Home');
    await page.waitFor(isThere, 0);
  });

  journey('the map of a disk is drawn', async (page) => {
    await page.pick(world.filesOf('vhd-dynamic-gpt'));
    await page.view('map');
    await page.waitFor(
      () => document.querySelector('.map-sums tr') && !document.querySelector('.map-sums .waiting'),
    );
    await page.waitFor(() => {
      const canvas = document.querySelector('dg-map canvas');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size > 2;
    });
  });

  journey('the disk and a table are saved as the command saves them', async (page) => {
    const files = world.filesOf('vmdk-monolithic-sparse');
    const { tables } = await page.pick(files);
    await page.evaluate(() => {
      // Nobody can choose a place here.
      window.showSaveFilePicker = undefined;
      const make = URL.createObjectURL;
      URL.createObjectURL = (blob) => {
        window.saved = blob;
        return make.call(URL, blob);
      };
    });
    const [{ key }] = tables;
    for (const [action, ...options] of [
      ['save-disk', '--raw'],
      ['save-csv', '--table', key, '--format', 'csv'],
      ['save-ndjson', '--table', key],
    ]) {
      const expected = join(world.folder, action);
      assert.equal(run('save', ...files, ...options, '-o', expected).status, 0);
      await page.evaluate(() => {
        window.saved = undefined;
      });
      await page.view(action === 'save-disk' ? 'overview' : 'tables');
      await page.click(`[data-action="${action}"]`);
      await page.waitFor(() => window.saved !== undefined);
      const sum = await page.evaluate(async () => {
        const digest = await crypto.subtle.digest('SHA-256', await window.saved.arrayBuffer());
        return [...new Uint8Array(digest)].join();
      });
      const wanted = createHash('sha256').update(readFileSync(expected)).digest();
      assert.equal(sum, [...wanted].join(), action);
      await page.click('[data-action="dismiss-saving"]');
    }
  });

  journey('the check of the data can be stopped, and be done to the end', async (page) => {
    const large = join(world.folder, 'large.vhd');
    writeVhd(large, { id: 7, blocks: 16_000, allocated: 16_000 });
    assert.equal((await page.pick([large])).coverage, 'tables');
    await page.click('[data-action="deep-check"]');
    await page.waitFor(() => Number(document.documentElement.dataset.progress) >= 0);
    await page.click('[data-action="cancel"]');
    assert.equal((await page.report()).coverage, 'tables');
    await page.open(world.server.url);
    await page.pick(world.filesOf('vmdk-stream'));
    await page.click('[data-action="deep-check"]');
    await page.waitFor(() => document.documentElement.dataset.coverage === 'data');
    assert.equal((await page.report()).verdict, 'sound');
  });

  journey('a disk of many terabytes opens without being read', async (page) => {
    const file = join(world.folder, 'terabytes.img');
    cpSync(world.filesOf('raw-mbr')[0], file);
    const handle = openSync(file, 'r+');
    const size = SIZES.find((bytes) => {
      try {
        ftruncateSync(handle, bytes);
        return true;
      } catch {
        return false;
      }
    });
    closeSync(handle);
    const shown = await page.pick([file]);
    assert.equal(shown.image.virtual_size_bytes, size);
    assert.deepEqual(shown, commandReport(file));
  });

  journey(
    'a sample opens by its name, and the page speaks Japanese when asked to',
    async (page) => {
      const expected = JSON.parse(readFileSync(join(golden, 'vhd-dynamic.json'), 'utf8'));
      await page.waitFor(() => document.documentElement.dataset.state === 'ready');
      assert.deepEqual(await page.report(), expected);
      const isEnglish = await page.evaluate(() => document.documentElement.lang === 'en');
      assert.ok(isEnglish);
      await page.click('[data-action="language"]');
      await page.waitFor(() => document.documentElement.lang === 'ja');
      assert.match(await page.words('header'), /[ぁ-んァ-ン]/);
      await page.click('[data-action="language"]');
      await page.waitFor(() => document.documentElement.lang === 'en');
    },
    '?sample=vhd-dynamic',
  );

  test('the single file works from a folder of this computer', async () => {
    const { page, filesOf, folder } = world;
    const address = pathToFileURL(join(dist, 'diskglass.html')).href;
    await page.open(`${address}?sample=vmdk-stream`);
    await page.waitFor(() => document.documentElement.dataset.state === 'ready');
    assert.equal((await page.report()).image.format, 'vmdk');
    const files = filesOf('vhd-differencing');
    await page.open(address);
    assert.deepEqual(await page.pick(files), commandReport(...files));
    await page.click('[data-action="deep-check"]');
    await page.waitFor(() => document.documentElement.dataset.coverage === 'data');
    await page.click('[data-action="language"]');
    await page.waitFor(() => document.documentElement.lang === 'ja');
    await page.click('[data-action="language"]');
    await page.waitFor(() => document.documentElement.lang === 'en');
    const large = join(folder, 'two-gibibytes.img');
    cpSync(filesOf('raw-mbr')[0], large);
    const handle = openSync(large, 'r+');
    ftruncateSync(handle, 2 ** 31);
    closeSync(handle);
    await page.open(address);
    const shown = await page.pick([large]);
    if (world.browser.readsByMemory) {
      assert.equal(shown, null);
      assert.match(await page.words(), /more than 512 MiB.*python3 -m http\.server/);
    } else {
      assert.deepEqual(shown, commandReport(large));
    }
  });
}
