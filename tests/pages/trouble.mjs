// SPDX-License-Identifier: Apache-2.0
// When things go wrong: an expired token, a busy clinic, no network; and the way round by keyboard.
import assert from 'node:assert/strict';
import { goTo, signIn } from './browser.mjs';

const EXPIRY_POLLS_MAX = 100;

const BUSY = {
  status: 503,
  headers: { 'Retry-After': '1' },
  json: { detail: 'The server is busy' },
};

async function untilRefused(clinic, token) {
  const headers = { Authorization: `Bearer ${token}` };
  for (let i = 0; i < EXPIRY_POLLS_MAX; i++) {
    const answer = await fetch(`${clinic.address}/api/v1/auth/me`, { headers });
    if (answer.status === 401) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail('the token does not expire');
}

// The clinic's own judgement of an expired token, and back to the same place afterwards.
async function expired_token(browser, clinic) {
  const { page, complaints, close } = await browser.tab({ expected: [401] });
  await signIn(page, 'doctor');
  await goTo(page, 'Patients');
  await page.getByText('1–20 of').waitFor();
  const expired = clinic.token('doctor', '1s');
  await page.evaluate((token) => sessionStorage.setItem('keneyapp.token', token), expired);
  await untilRefused(clinic, expired);
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByText('You were signed out').waitFor();
  await browser.shot(page, 'expired');
  await page.getByLabel('User name').fill('doctor');
  await page.getByLabel('Password').fill('doctor123');
  await page.keyboard.press('Enter');
  await page.getByText('21–40 of').waitFor();
  assert.deepEqual(complaints, []);
  await close();
}

async function busy_clinic(browser) {
  const { page, complaints, close } = await browser.tab({ expected: [503] });
  await signIn(page, 'doctor');
  let refusals = 0;
  await page.route('**/api/v1/patients?*', (route) => {
    refusals += 1;
    return refusals <= 2 ? route.fulfill(BUSY) : route.continue();
  });
  await goTo(page, 'Patients');
  await page.locator('.panel-problem[data-status="503"]').waitFor();
  await browser.shot(page, 'busy');
  await page.getByText('1–20 of').waitFor();
  assert.equal(refusals, 3);
  assert.deepEqual(complaints, []);
  await close();
}

// What was there stays readable while the clinic is busy.
async function stale_rows(browser) {
  const { page, complaints, close } = await browser.tab({ expected: [503] });
  await signIn(page, 'doctor');
  await goTo(page, 'Patients');
  await page.getByText('1–20 of').waitFor();
  await page.route('**/api/v1/patients?*', (route) => route.fulfill(BUSY));
  await page.getByRole('button', { name: 'Next' }).click();
  await page.locator('.stale[data-status="503"]').waitFor();
  assert.ok((await page.getByRole('row').count()) > 20);
  await browser.shot(page, 'stale');
  await page.unroute('**/api/v1/patients?*');
  await page.getByText('21–40 of').waitFor();
  assert.deepEqual(complaints, []);
  await close();
}

// At the start, before anybody is known: the page waits and goes on by itself.
async function busy_at_start(browser) {
  const { page, complaints, close } = await browser.tab({ expected: [503] });
  await signIn(page, 'doctor');
  let refusals = 0;
  await page.route('**/api/v1/auth/me', (route) => {
    refusals += 1;
    return refusals <= 1 ? route.fulfill(BUSY) : route.continue();
  });
  await page.goto('/patients');
  await page.locator('.panel-problem[data-status="503"]').waitFor();
  await page.getByText('1–20 of').waitFor();
  assert.equal(refusals, 2);
  assert.deepEqual(complaints, []);
  await close();
}

async function no_network(browser) {
  const { page, context, complaints, close } = await browser.tab({ expected: [0] });
  await signIn(page, 'doctor');
  await goTo(page, 'Patients');
  await page.getByText('1–20 of').waitFor();
  await context.setOffline(true);
  await page.getByRole('button', { name: 'Next' }).click();
  await page.locator('.stale[data-status="0"]').waitFor();
  await context.setOffline(false);
  await page.getByText('21–40 of').waitFor();
  assert.deepEqual(complaints, []);
  await close();
}

const focusIsInDialog = (page) =>
  page.evaluate(() => Boolean(document.activeElement.closest('dialog')) || document.activeElement === document.body);

async function keyboard_dialog(browser) {
  const { page, complaints, close } = await browser.tab();
  await signIn(page, 'doctor');
  await goTo(page, 'Patients');
  const add = page.getByRole('button', { name: 'Add patient' });
  await add.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.locator('[name=first_name]:focus').waitFor();
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press('Tab');
    assert.ok(await focusIsInDialog(page), 'the focus stays in the dialog');
  }
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.locator(':focus', { hasText: 'Add patient' }).waitFor();
  assert.deepEqual(complaints, []);
  await close();
}

async function skip_link(browser) {
  const { page, close } = await browser.tab();
  await signIn(page, 'doctor');
  await page.goto('/patients');
  await page.getByText('1–20 of').waitFor();
  await page.keyboard.press('Tab');
  await page.locator(':focus', { hasText: 'Skip to content' }).waitFor();
  await page.keyboard.press('Enter');
  await page.locator('#content:focus').waitFor();
  await close();
}

// Put away, a page tells how fast it was; /metrics has it.
async function vitals(browser, clinic) {
  const { page, close } = await browser.tab();
  await page.goto('/login');
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  await page.goto('about:blank');
  for (let i = 0; i < 100; i++) {
    const metrics = await (await fetch(`${clinic.address}/metrics`)).text();
    if (metrics.includes('web_vitals_fcp_seconds_count{page="/login"}')) return close();
  }
  return assert.fail('the report does not show in /metrics');
}

export const TROUBLE_CASES = [
  expired_token,
  busy_clinic,
  stale_rows,
  busy_at_start,
  no_network,
  keyboard_dialog,
  skip_link,
  vitals,
];
