// SPDX-License-Identifier: Apache-2.0
// The clinic's pages in a real browser, against the real server.
//
//   node flow.mjs KENEYAPP CHROMIUM PLAYWRIGHT_CORE SCREENSHOTS [CASE...]
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { Browser } from './browser.mjs';
import { startClinic } from './clinic.mjs';
import { DESK_CASES } from './desk.mjs';
import { DOOR_CASES } from './door.mjs';
import { PHONE_CASES } from './phone.mjs';
import { TROUBLE_CASES } from './trouble.mjs';

const [program, chromiumPath, playwrightPath, shots, ...only] = process.argv.slice(2);
const { chromium } = createRequire(import.meta.url)(playwrightPath);

// As root it has no sandbox; a chroot may have no /dev/shm.
const CHROMIUM_ARGS = ['--no-sandbox', '--disable-dev-shm-usage'];

// In this order: later ones see what earlier ones added.
const CASES = [...DOOR_CASES, ...DESK_CASES, ...TROUBLE_CASES, ...PHONE_CASES].filter(
  ({ name }) => !only.length || only.includes(name),
);

async function runCase(run, browser, clinic) {
  const { name } = run;
  try {
    await run(browser, clinic);
    console.log(`ok   ${name}`);
    return true;
  } catch (error) {
    console.log(`FAIL ${name}: ${error.stack}`);
    for (const context of browser.browser.contexts()) {
      const [page] = context.pages();
      if (page) await browser.shot(page, `failed-${name}`).catch(() => {});
      await context.close();
    }
    return false;
  }
}

const clinic = await startClinic(program);
const chrome = await chromium.launch({ executablePath: chromiumPath, args: CHROMIUM_ARGS });
const browser = new Browser(chrome, clinic.address, shots);
let failed = 0;
for (const run of CASES) if (!(await runCase(run, browser, clinic))) failed += 1;
await chrome.close();
assert.equal(await clinic.stop(), 0, 'the clinic ends cleanly');
console.log(`${CASES.length - failed} passed, ${failed} failed; screenshots in ${shots}`);
process.exitCode = failed ? 1 : 0;
