/**
 * What the page costs, printed in lines: the time to the first overview, scripting time per frame while rows of a long
 * table are scrolled and the map is zoomed, and memory before and after. `node bench.mjs`, by `cargo xtask bench`.
 */

import { readFileSync, unlinkSync } from 'node:fs';
import { join, start, view, writeSamples } from './harness.mjs';
import { writeSparseVmdk } from './images.mjs';

/** Frames that are measured of each kind. */
const FRAMES = 240;
/** Grains of the large image: 2 TiB in grains of 64 KiB. */
const GRAINS = 2 ** 25;
/** Sectors of a grain. */
const GRAIN = 128;

const world = await start();
const filesOf = writeSamples(world);
const large = join(world.folder, 'large.vmdk');
writeSparseVmdk(large, { sectors: GRAINS * GRAIN, allocated: 5000 });

function line(title, words) {
  console.log(`${title.padEnd(60)} ${words}`);
}

function at(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/** Milliseconds at the median, of the slowest in twenty, and of the slowest. */
function spread(times) {
  const sorted = times.toSorted((a, b) => a - b);
  const [median, slow, slowest] = [0.5, 0.95, 1].map((share) => at(sorted, share).toFixed(1));
  return `${median} ms a frame, 1 in 20 above ${slow} ms, at most ${slowest} ms`;
}

/** Milliseconds from giving files to the first overview, and until all tables are read. */
async function open(files) {
  const page = await world.open();
  await page.evaluate(() => {
    const { documentElement: root } = document;
    const times = (window.measured = {});
    document
      .querySelector('#open-files')
      .addEventListener('change', () => (times.given = performance.now()), {
        capture: true,
      });
    new MutationObserver(() => {
      if (root.dataset.coverage) times.overview ??= performance.now();
      if (root.dataset.state === 'ready') times.ready ??= performance.now();
    }).observe(root, { attributes: true });
  });
  await page.setInputFiles('#open-files', files);
  await page.waitForFunction(() => window.measured.ready !== undefined, null, { timeout: 120_000 });
  const times = await page.evaluate(() => window.measured);
  return { page, overview: times.overview - times.given, ready: times.ready - times.given };
}

/** Scripting, style and layout of each of many frames, in milliseconds: what the page's own thread does. */
async function frames(page, act) {
  const client = await page.context().newCDPSession(page);
  await client.send('Performance.enable');
  const spent = async () => {
    const { metrics } = await client.send('Performance.getMetrics');
    const of = (name) => metrics.find((metric) => metric.name === name).value;
    return {
      time: (of('ScriptDuration') + of('LayoutDuration') + of('RecalcStyleDuration')) * 1000,
      heap: of('JSHeapUsedSize'),
    };
  };
  const nextFrame = () =>
    page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
  const times = [];
  for (let frame = 0; frame < FRAMES; frame++) {
    await nextFrame();
    const before = await spent();
    await act(frame);
    await nextFrame();
    times.push((await spent()).time - before.time);
  }
  await client.detach();
  return times;
}

/** Resident memory of the page's process with its workers, in megabytes, and what its objects take. */
async function memory(page) {
  const client = await page.context().newCDPSession(page);
  await client.send('HeapProfiler.collectGarbage');
  await client.send('Performance.enable');
  const { metrics } = await client.send('Performance.getMetrics');
  const heap = metrics.find(({ name }) => name === 'JSHeapUsedSize').value;
  await client.detach();
  const browser = await page.context().browser().newBrowserCDPSession();
  const { processInfo } = await browser.send('SystemInfo.getProcessInfo');
  await browser.detach();
  const resident = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(
      ({ id }) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0) * 1024,
    );
  return { heap, resident: Math.max(...resident) };
}

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`;

{
  const page = await world.open();
  // Nothing is painted before the whole page is there with its buttons.
  const painted = () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime;
  await page.waitForFunction(painted);
  line('a first visit, from this machine', `usable after ${(await page.evaluate(painted)).toFixed(0)} ms`);
  await page.context().close();
}

for (const [title, files] of [
  ['dynamic VHD of 2040 GiB', filesOf('vhd-dynamic-2040g')],
  ['sparse VMDK of 2 TiB with 33.5 million grains', [large]],
]) {
  const { page, overview, ready } = await open(files);
  line(title, `first overview ${overview.toFixed(0)} ms, all tables ${ready.toFixed(0)} ms`);
  await page.context().close();
}

const { page } = await open([large]);
await view(page, 'tables');
await page.click('[data-table="vmdk.grain-tables"]');
await page.waitForSelector('.table-row .dot');

/** Everything that is measured once, told of by `tell`. */
async function round(tell) {
  await view(page, 'tables');
  await page.waitForSelector('.table-row .dot');
  await page.hover('.table-rows');
  tell('scrolling 33.5 million rows', await frames(page, () => page.mouse.wheel(0, 120)));
  const leap = (frame) =>
    page.$eval(
      '.table-rows',
      (rows, share) => (rows.scrollTop = share * rows.scrollHeight),
      ((frame * 37) % 100) / 100,
    );
  tell('leaping through them', await frames(page, leap));
  await view(page, 'map');
  await page.waitForFunction(
    () => document.querySelector('.map-sums tr') && !document.querySelector('.map-sums .waiting'),
    null,
    { timeout: 120_000 },
  );
  await page.hover('.map-canvas', { position: { x: 400, y: 300 } });
  const zoom = (frame) => page.mouse.wheel(0, Math.floor(frame / 30) % 2 === 0 ? -100 : 100);
  tell('zooming the map of them in and out', await frames(page, zoom));
  const move = (frame) => page.mouse.move(300 + (frame % 60) * 8, 250 + (frame % 40) * 8);
  tell('moving over the map', await frames(page, move));
}

await round((title, times) => line(title, spread(times)));
const once = await memory(page);
for (let more = 0; more < 3; more++) await round(() => undefined);
const often = await memory(page);
line(
  'memory of the page after one round of that, and after four',
  `${megabytes(once.resident)} and ${megabytes(often.resident)} resident, ${megabytes(once.heap)} and ${megabytes(often.heap)} of objects`,
);
await page.context().close();
unlinkSync(large);
await world.close();
