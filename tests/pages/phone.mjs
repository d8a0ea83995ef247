// SPDX-License-Identifier: Apache-2.0
// Every page at a phone's width, and in the dark: nothing wider than the screen, rows as cards,
// everything named, and nothing that jumps while it loads.
import assert from 'node:assert/strict';
import { PHONE, signIn } from './browser.mjs';

const PLACES = {
  dashboard: '/',
  patients: '/patients',
  detail: '/patients/12',
  appointments: '/appointments',
  prescriptions: '/prescriptions',
  audit: '/audit',
  users: '/users',
};

const SHIFT_MAX = 0.1; // what web.dev calls good

// Runs in the page: how much has moved without anybody having touched it.
function layoutShift() {
  return new Promise((resolve) => {
    let sum = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) sum += entry.hadRecentInput ? 0 : entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)));
  });
}

// Runs in the page: controls that a screen reader could not name.
function nameless() {
  return [...document.querySelectorAll('input, select, textarea, button, a')]
    .filter((element) => !element.getAttribute('aria-label') && !element.labels?.[0]?.textContent)
    .filter((element) => !element.textContent.trim() || element.matches('select, textarea'))
    .map((element) => element.outerHTML);
}

async function visit(browser, page, name, path, suffix) {
  await page.goto(path);
  await page.locator('.figure-value, .table tbody tr').first().waitFor();
  const [wide, screen] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    window.innerWidth,
  ]);
  await browser.shot(page, `${name}-${suffix}`);
  const shift = await page.evaluate(layoutShift);
  console.log(`     ${path} ${suffix}: layout shift ${shift.toFixed(3)}`);
  assert.ok(shift <= SHIFT_MAX, `${path} shifts by ${shift}`);
  assert.deepEqual(await page.evaluate(nameless), []);
  assert.ok(wide <= screen, `${path} is ${wide} px wide on ${screen} px`);
}

async function phone(browser) {
  const { page, complaints, close } = await browser.tab({ viewport: PHONE });
  await signIn(page, 'admin');
  for (const [name, path] of Object.entries(PLACES)) await visit(browser, page, name, path, 'phone');
  const display = await page.locator('.table tbody tr').first().evaluate((row) => getComputedStyle(row).display);
  assert.equal(display, 'block');
  await page.goto('/patients');
  await page.getByRole('button', { name: 'Add patient' }).click();
  await page.getByRole('dialog').waitFor();
  await browser.shot(page, 'add-phone');
  assert.deepEqual(complaints, []);
  await close();
}

const MOMENT_LEAST_PX = 240; // "11/23/2026, 08:00 AM" and its button

async function book_on_phone(browser) {
  const { page, complaints, close } = await browser.tab({ viewport: PHONE });
  await signIn(page, 'doctor');
  await page.goto('/appointments');
  await page.getByRole('button', { name: 'Book' }).click();
  const { width } = await page.getByLabel('Date and time').boundingBox();
  await browser.shot(page, 'book-phone');
  assert.ok(width >= MOMENT_LEAST_PX, `date and time have ${width} px`);
  assert.deepEqual(complaints, []);
  await close();
}

async function dark(browser) {
  const { page, complaints, close } = await browser.tab({ colorScheme: 'dark' });
  await signIn(page, 'admin');
  for (const [name, path] of Object.entries(PLACES)) await visit(browser, page, name, path, 'dark');
  assert.deepEqual(complaints, []);
  await close();
}

export const PHONE_CASES = [
  phone,
  book_on_phone,
  dark,
];
