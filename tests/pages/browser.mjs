// SPDX-License-Identifier: Apache-2.0
// A headless Chromium, and pages that remember what their console complained about.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

const WAIT_MS = 15000;
export const DESK = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };

// Chromium's line for every answer of 400 and more; the flow says when it expects one.
const REFUSED = /^Failed to load resource: (the server responded with a status of (\d+)|net::)/;

export class Browser {
  constructor(browser, address, shots) {
    Object.assign(this, { browser, address, shots });
    mkdirSync(shots, { recursive: true });
  }

  // A tab of its own, as somebody else would have it. `expected` are statuses that may be refused
  // with in it; 0 is no connection.
  async tab({ viewport = DESK, colorScheme = 'light', expected = [] } = {}) {
    const context = await this.browser.newContext({ viewport, colorScheme, baseURL: this.address });
    const page = await context.newPage();
    page.setDefaultTimeout(WAIT_MS);
    const complaints = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (!['error', 'warning'].includes(message.type())) return;
      const refused = REFUSED.exec(message.text());
      if (!refused || !expected.includes(Number(refused[2] || 0))) complaints.push(message.text());
    });
    return { page, context, complaints, close: () => context.close() };
  }

  async shot(page, name) {
    await page.screenshot({ path: join(this.shots, `${name}.png`) });
  }
}

export async function signIn(page, user, password = `${user}123`) {
  await page.goto('/login');
  await page.getByLabel('User name').fill(user);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
}

// Follows a link of the main navigation.
export async function goTo(page, place) {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: place }).click();
  await page.getByRole('heading', { level: 1 }).waitFor();
}
