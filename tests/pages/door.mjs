// SPDX-License-Identifier: Apache-2.0
// Signing in and out: by mouse, by keyboard, refused, locked, told to wait.
import assert from 'node:assert/strict';
import { signIn } from './browser.mjs';

const FIRST_LOAD_MAX_BYTES = 90 * 1024;

// What came over the wire until the page could be used.
const bytesLoaded = (page) =>
  page.evaluate(() =>
    ['navigation', 'resource']
      .flatMap((kind) => performance.getEntriesByType(kind))
      .reduce((sum, entry) => sum + entry.encodedBodySize, 0),
  );

async function first_load(browser) {
  const { page, complaints, close } = await browser.tab();
  await page.goto('/');
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  const door = await bytesLoaded(page);
  assert.equal(new URL(page.url()).pathname, '/login');
  await browser.shot(page, 'sign-in');
  await signIn(page, 'testuser', 'testpass123');
  await page.getByRole('img', { name: /Appointments by status/ }).waitFor();
  const dashboard = await bytesLoaded(page);
  console.log(`first load: ${door} bytes to the sign-in page, ${dashboard} to the dashboard`);
  assert.ok(dashboard <= FIRST_LOAD_MAX_BYTES);
  await browser.shot(page, 'dashboard');
  assert.equal(await page.locator('.figure').count(), 4);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  await page.goto('/patients');
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  assert.deepEqual(complaints, []);
  await close();
}

async function keyboard_sign_in(browser) {
  const { page, complaints, close } = await browser.tab();
  await page.goto('/login?from=%2Fpatients');
  await page.getByLabel('User name').waitFor();
  await page.keyboard.type('testuser');
  await page.keyboard.press('Tab');
  await page.keyboard.type('testpass123');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Patients' }).waitFor();
  await page.locator('h1:focus').waitFor();
  assert.deepEqual(complaints, []);
  await close();
}

async function wrong_password(browser) {
  const { page, complaints, close } = await browser.tab({ expected: [401] });
  await page.goto('/login');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('Enter your user name').waitFor();
  await page.getByLabel('User name').fill('testuser');
  await page.getByLabel('Password').fill('wrong');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('User name or password is not right.').waitFor();
  await browser.shot(page, 'sign-in-refused');
  assert.deepEqual(complaints, []);
  await close();
}

async function locked_name(browser) {
  const { page, complaints, close } = await browser.tab({ expected: [401, 403] });
  await page.goto('/login');
  for (let i = 0; i < 6; i++) {
    await page.getByLabel('User name').fill('nobody-of-this-name');
    await page.getByLabel('Password').fill(`wrong-${i}`);
    const answered = page.waitForResponse(/\/auth\/login$/);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await answered;
    await page.locator('.problem').waitFor();
  }
  await page.locator('.problem[data-status="403"]').waitFor();
  await browser.shot(page, 'sign-in-locked');
  assert.deepEqual(complaints, []);
  await close();
}

async function told_to_wait(browser) {
  const { page, complaints, close } = await browser.tab({ expected: [429] });
  await page.route('**/auth/login', (route) =>
    route.fulfill({ status: 429, headers: { 'Retry-After': '30' }, json: { detail: 'Slow down' } }),
  );
  await page.goto('/login');
  await page.getByLabel('User name').fill('testuser');
  await page.getByLabel('Password').fill('testpass123');
  await page.keyboard.press('Enter');
  await page.getByText(/Try again in \d+ s/).waitFor();
  assert.ok(await page.getByRole('button', { name: 'Sign in' }).isDisabled());
  assert.deepEqual(complaints, []);
  await close();
}

// A link that somebody was sent must not lead out of the clinic.
async function foreign_place(browser) {
  for (const from of ['//evil.example/x', 'https://evil.example', '/\\evil.example']) {
    const { page, close } = await browser.tab();
    await page.goto(`/login?from=${encodeURIComponent(from)}`);
    await page.getByLabel('User name').fill('testuser');
    await page.getByLabel('Password').fill('testpass123');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
    assert.equal(new URL(page.url()).host, new URL(browser.address).host);
    await close();
  }
}

export const DOOR_CASES = [
  first_load,
  keyboard_sign_in,
  wrong_password,
  locked_name,
  told_to_wait,
  foreign_place,
];
