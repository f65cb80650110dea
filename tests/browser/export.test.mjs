/** Giving the report away: preview, downloads, clipboard and print are one text, the one that the command writes. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isTooWide, pick, setUp, violations } from './harness.mjs';

const { world, filesOf } = setUp();

const FORMS = ['markdown', 'html', 'json'];
/** What must not be seen of the customer's sample once it is redacted. */
const CUSTOMER =
  /kovac|marta|filesrv|customers|2e90b7d4|c4a81e57|81f62d4e|7d31c0a9|5e3a-?90c7|4b 4f 56 41|4b 00 6f 00/i;

/** What the command writes for the same files, with the page named where it names itself. */
function written(form, files, redact) {
  const command =
    process.env.DISKGLASS_CLI ?? new URL('../../target/debug/diskglass', import.meta.url).pathname;
  const options = ['inspect', `--${form}`, ...(redact ? ['--redact'] : [])];
  let text;
  try {
    text = execFileSync(command, [...options, ...files], { encoding: 'utf8' });
  } catch (error) {
    // What is damaged ends the command with 1.
    assert.equal(error.status, 1, error.stderr);
    text = error.stdout;
  }
  return text.replace(', the command', ', the page');
}

async function downloaded(page, act) {
  // Chromium drops what comes after ten downloads within a second.
  await page.waitForTimeout(110);
  const [download] = await Promise.all([page.waitForEvent('download'), act()]);
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'utf8') };
}

/** The text of the preview, once it is there. */
async function preview(page) {
  await page.waitForSelector('.exporting-preview[aria-busy="false"]');
  return page.$eval('.exporting-preview', (element) => element.textContent);
}

async function openCustomer(options) {
  const page = await world.open(options);
  await pick(page, filesOf('vhd-customer'));
  return page;
}

test('preview, downloads and command are one text, redacted or not', async () => {
  const page = await openCustomer();
  const files = filesOf('vhd-customer');
  await page.keyboard.press('e');
  await page.waitForSelector('.exporting[open]');
  for (const redact of [false, true]) {
    if (redact) await page.check('.exporting [name="redact"]');
    for (const form of FORMS) {
      await page.check(`.exporting [value="${form}"]`);
      const shown = await preview(page);
      assert.equal(shown, written(form, files, redact), `${form}, redacted: ${redact}`);
      assert.equal(CUSTOMER.test(shown), !redact, `${form}, redacted: ${redact}`);
      const fromDialog = await downloaded(page, () => page.click('[data-action="download-report"]'));
      assert.equal(fromDialog.text, shown);
      const atOnce = await downloaded(page, () =>
        page.$eval(`[data-action="export-${form}"]`, (button) => button.click()),
      );
      assert.deepEqual(atOnce, fromDialog);
      assert.equal(CUSTOMER.test(atOnce.name), !redact, atOnce.name);
    }
  }
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

test('the switch holds outside of the dialog too, and by the palette', async () => {
  const page = await openCustomer();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('redaction');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.said:has-text("redacted")');
  for (const form of FORMS) {
    const { text } = await downloaded(page, () => page.click(`[data-action="export-${form}"]`));
    assert.doesNotMatch(text, CUSTOMER, form);
  }
  await page.keyboard.press('e');
  assert.ok(await page.isChecked('.exporting [name="redact"]'));
  await page.keyboard.press('Escape');
  await page.waitForSelector('.exporting:not([open])', { state: 'attached' });
  await page.context().close();
});

test('the clipboard gets what the preview shows', async () => {
  const page = await openCustomer({ permissions: ['clipboard-read', 'clipboard-write'] });
  await page.keyboard.press('e');
  await page.check('.exporting [name="redact"]');
  await page.check('.exporting [value="html"]');
  const shown = await preview(page);
  await page.click('.exporting [data-action="copy-report"]');
  await page.waitForSelector('.exporting footer [role="status"]:has-text("Copied")');
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), shown);
  await page.context().close();
});

test('print prints the HTML form, styled, in a frame where nothing can run', async () => {
  const page = await openCustomer();
  await page.evaluate(() => {
    const { get } = Object.getOwnPropertyDescriptor(HTMLIFrameElement.prototype, 'contentWindow');
    Object.defineProperty(HTMLIFrameElement.prototype, 'contentWindow', {
      get() {
        const view = get.call(this);
        view.print = () => {
          const { document } = view;
          window.printed = {
            title: document.querySelector('h1').textContent,
            weight: view.getComputedStyle(document.querySelector('.verdict')).fontWeight,
            maps: document.querySelectorAll('figure > svg').length,
            text: document.body.textContent,
            sandbox: this.getAttribute('sandbox'),
          };
        };
        return view;
      },
    });
  });
  await page.keyboard.press('e');
  await page.check('.exporting [name="redact"]');
  await preview(page);
  await page.click('.exporting [data-action="print-report"]');
  await page.waitForFunction(() => window.printed);
  const printed = await page.evaluate(() => window.printed);
  assert.equal(printed.title, 'file-1.vhd');
  assert.equal(printed.weight, '600');
  assert.equal(printed.maps, 2);
  assert.doesNotMatch(printed.text, CUSTOMER);
  assert.doesNotMatch(printed.sandbox, /allow-scripts/);
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

test('the dialog fits a telephone, in both themes, and has no accessibility faults', async () => {
  for (const [width, colorScheme] of [
    [1440, 'light'],
    [360, 'dark'],
  ]) {
    const page = await openCustomer({ viewport: { width, height: 740 }, colorScheme });
    await page.keyboard.press('e');
    await preview(page);
    assert.equal(await isTooWide(page), false);
    assert.deepEqual(await violations(page), []);
    await page.context().close();
  }
});
