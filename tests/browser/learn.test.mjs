/** What there is to learn: tours walked by keyboard, one's own image among them, and two formats side by side. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { basename, drop, isTooWide, pick, ready, setUp, view, violations } from './harness.mjs';

const { world, filesOf } = setUp();

async function learn(context, query) {
  const page = await world.open({ ...context, query });
  await view(page, 'learn');
  return page;
}

/** Opens the tour of a sample. */
async function startTour(page, name) {
  await page.click(`[data-tour="${name}"]`);
  await page.waitForFunction((wanted) => location.search === `?sample=${wanted}`, name);
  await ready(page);
  await page.waitForSelector('.tour-steps [aria-current="step"]');
}

/** The step that is shown: its number, its title, what is read in it, and the bytes that are marked. */
function shownStep(page) {
  return page.evaluate(() => ({
    number: Number(document.querySelector('.tour-steps [aria-current="step"]').dataset.step),
    count: document.querySelectorAll('.tour-steps [data-step]').length,
    title: document.querySelector('.tour-step h2').textContent.trim(),
    readings: [...document.querySelectorAll('.tour-step [data-reading]')].map((reading) => ({
      term: reading.dataset.reading,
      value: reading.querySelector('[data-value]').textContent,
      bytes: reading.querySelector('.raw')?.textContent ?? '',
      where: reading.querySelector('.link')?.textContent.trim() ?? '',
    })),
    results: [...document.querySelectorAll('.tour-step [data-result]')].map((result) => result.textContent),
  }));
}

/** The first byte that has a frame, once it has one there. */
async function markedAt(page, offset) {
  await page.waitForFunction(
    (wanted) =>
      [...document.querySelectorAll('dg-hex .hex-bytes .marked')].some(
        (run) => Number(run.dataset.at) === wanted && run.textContent.trim() !== '',
      ),
    offset,
  );
  return page.$eval(`dg-hex .hex-bytes .marked[data-at="${offset}"]`, (run) => run.textContent.trim());
}

/** Presses the right arrow until the last step, and looks at every reading on the way. */
async function walk(page, files) {
  const steps = [];
  await page.focus('[data-action="next"]');
  for (;;) {
    const step = await shownStep(page);
    steps.push(step);
    assert.equal(step.number, steps.length, 'one step at a time');
    let looked = false;
    for (const { term, bytes, where } of step.readings) {
      const place = /^at 0x([\da-f]+)(?: of (.+))?$/.exec(where);
      if (!place) continue;
      const offset = Number.parseInt(place[1], 16);
      const file = files.get(place[2] ?? files.keys().next().value);
      const first = bytes.slice(0, 2);
      assert.equal(file[offset].toString(16).padStart(2, '0'), first, `${step.title}: ${term}`);
      if (looked) continue;
      looked = true;
      await page.locator('.tour-step [data-reading] .link').first().click();
      assert.ok((await markedAt(page, offset)).startsWith(first), `${step.title}: ${term} is marked`);
    }
    if (step.number === step.count) return steps;
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(
      (next) => document.querySelector('.tour-steps [aria-current="step"]').dataset.step === next,
      String(step.number + 1),
    );
  }
}

for (const name of ['vhd-dynamic', 'vmdk-monolithic-sparse', 'vmdk-two-gb-sparse']) {
  test(`the tour of ${name} is walked by keyboard, down to the bytes of the guest`, async () => {
    const page = await learn();
    await startTour(page, name);
    const paths = filesOf(name).toSorted((a, b) => a.length - b.length);
    const files = new Map(paths.map((path) => [basename(path), readFileSync(path)]));
    const steps = await walk(page, files);
    assert.ok(steps.length >= 9, `${steps.length} steps`);
    const last = steps.at(-1);
    assert.equal(last.title, 'Data');
    // What was computed last is where the guest's bytes are marked.
    await markedAt(page, Number(last.results.at(-1)));
    assert.ok(await page.isVisible('[data-end]'));
    assert.ok(await page.isDisabled('[data-action="next"]'));
    assert.match(await page.evaluate(() => location.hash), new RegExp(`view=learn.*step=${steps.length}`));
    await page.keyboard.press('ArrowLeft');
    await page.waitForFunction((before) => location.hash.includes(`step=${before}`), steps.length - 1);
    assert.deepEqual(page.errors, []);
    await page.context().close();
  });
}

test('the list of steps answers to the arrows, and the address to a step leads there', async () => {
  const page = await learn();
  await startTour(page, 'vhd-dynamic');
  await page.focus('[data-step="1"]');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.waitForFunction(() => document.activeElement?.dataset.step === '3');
  assert.equal((await shownStep(page)).number, 3);
  const address = await page.evaluate(() => location.search + location.hash);
  const again = await world.open({ query: address });
  await ready(again);
  await again.waitForSelector('.tour-steps [data-step="3"][aria-current="step"]');
  // Dropped in the middle of a tour, one's own image is toured from the start.
  await drop(again, filesOf('vmdk-stream'));
  await again.waitForFunction(() => document.querySelector('.tour-steps')?.textContent.includes('Marker'));
  assert.equal((await shownStep(again)).number, 1);
  assert.deepEqual(again.errors, []);
  await again.context().close();
  await page.context().close();
});

test('the tour goes on with one’s own image, to any of its sectors, and comes back to it after a sample', async () => {
  const page = await world.open();
  await pick(page, filesOf('vhd-differencing'));
  await view(page, 'learn');
  await page.waitForSelector('[data-step]');
  const all = await page.textContent('.tour-steps');
  assert.match(all, /The parent/);
  assert.match(all, /Bitmap/);
  // The first sector is the parent's: the tour goes on there.
  await page.fill('.tour-sector input', '0');
  await page.press('.tour-sector input', 'Enter');
  await page.waitForFunction(() =>
    /Header of the parent|Plain bytes/.test(document.querySelector('.tour-steps').textContent),
  );
  assert.match(await page.textContent('.tour-step h2'), /A sector of the guest/);
  await page.fill('.tour-sector input', '99999999999');
  await page.press('.tour-sector input', 'Enter');
  assert.ok(
    await page.$eval('.tour-sector input', (input) => !input.validity.valid),
    'there is no such sector',
  );

  await page.selectOption('[data-action="choose-tour"]', 'vhd-fixed');
  await page.waitForFunction(() => location.search === '?sample=vhd-fixed');
  await page.waitForFunction(() =>
    document.querySelector('.tour-steps')?.textContent.includes('That is all'),
  );
  await page.click('[data-action="own-files"]');
  await page.waitForFunction(() => document.querySelector('.tour-steps')?.textContent.includes('The parent'));
  assert.equal(await page.evaluate(() => location.search), '');
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

test('side by side, both designs answer every question with numbers of their own', async () => {
  const page = await learn();
  await page.click('[data-part="compare"]');
  await page.waitForSelector('[data-question="way"]');
  const questions = await page.$$eval('[data-question]', (sections) =>
    sections.map((section) => ({
      question: section.dataset.question,
      sides: [...section.querySelectorAll('.compare-side')].map((side) => ({
        text: side.textContent,
        numbers: [...side.querySelectorAll('[data-value], [data-result]')].map((each) => each.textContent),
      })),
    })),
  );
  assert.equal(questions.length, 10);
  for (const { question, sides } of questions) {
    assert.equal(sides.length, 2, question);
    for (const [nth, { numbers, text }] of sides.entries()) {
      // A VHD has no text beside its numbers.
      if (question === 'words' && nth === 0) assert.match(text, /nothing of that kind/);
      else assert.ok(numbers.length > 0, `${question}: ${text}`);
    }
    assert.notDeepEqual(sides[0].numbers, sides[1].numbers, question);
  }
  // Both end at the same bytes of the guest, each in its own file.
  const ends = questions
    .find(({ question }) => question === 'way')
    .sides.map(({ numbers }) => Number(numbers.at(-1)));
  const guestBytes = ['vhd-side-by-side', 'vmdk-side-by-side'].map((name, side) =>
    readFileSync(filesOf(name)[0]).subarray(ends[side], ends[side] + 512),
  );
  assert.ok(guestBytes[0].equals(guestBytes[1]), 'the same sector');
  assert.ok(guestBytes[0].some((byte) => byte !== 0));
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

for (const colorScheme of ['light', 'dark']) {
  for (const [shape, viewport] of Object.entries({
    wide: { width: 1440, height: 900 },
    narrow: { width: 390, height: 844 },
  })) {
    test(`what there is to learn is accessible and fits (${colorScheme}, ${shape})`, async () => {
      const page = await learn({ colorScheme, viewport });
      const check = async (where) => {
        assert.deepEqual(await violations(page), [], where);
        assert.equal(await isTooWide(page), false, where);
      };
      await page.waitForSelector('[data-tour]');
      await check('tours');
      await page.click('[data-part="compare"]');
      await page.waitForSelector('[data-question="way"]');
      await check('side by side');
      await page.click('[data-part="about"]');
      await check('about');
      await page.click('[data-part="tour"]');
      await startTour(page, 'vmdk-monolithic-sparse');
      await check('first step');
      await page.locator('[data-step]').last().click();
      await check('last step');
      await page.context().close();
    });
  }
}
