// SPDX-License-Identifier: Apache-2.0
// A day's work: a new patient is added, found, booked, refused a taken time, prescribed for; and
// what each role is offered.
import assert from 'node:assert/strict';
import { goTo, signIn } from './browser.mjs';

const PATIENT = {
  'First name': 'Zoé',
  'Last name': 'Quickstep-Testcase',
  'Date of birth': '2000-02-29',
  Phone: '+33 1 99 00 12 34',
  'E-mail': 'zoe.quickstep@patients.example',
  Allergies: 'Penicillin',
};

async function fillPatient(dialog) {
  for (const [label, value] of Object.entries(PATIENT))
    await dialog.getByLabel(label, { exact: false }).first().fill(value);
  await dialog.getByLabel('Gender').selectOption('female');
}

async function add_patient(browser) {
  const { page, complaints, close } = await browser.tab({ expected: [422, 400] });
  await signIn(page, 'doctor');
  await goTo(page, 'Patients');
  await page.getByRole('button', { name: 'Add patient' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Add patient' }).click();
  await dialog.getByText('Field required').first().waitFor();
  await page.locator('[name=first_name]:focus').waitFor();
  await browser.shot(page, 'patient-complaints');
  await fillPatient(dialog);
  await dialog.getByRole('button', { name: 'Add patient' }).click();
  await page.getByRole('heading', { name: 'Zoé Quickstep-Testcase' }).waitFor();
  await page.getByText('Penicillin').waitFor();
  await browser.shot(page, 'patient');
  assert.deepEqual(complaints, []);
  await close();
}

async function find_patient(browser) {
  const { page, complaints, close } = await browser.tab();
  await signIn(page, 'doctor');
  await goTo(page, 'Patients');
  await page.getByRole('searchbox', { name: 'Search patients' }).fill('quickst');
  await page.getByText('1–1 of 1').waitFor();
  assert.match(page.url(), /search=quickst/);
  await browser.shot(page, 'patients-found');
  await page.getByRole('link', { name: /Quickstep-Testcase/ }).click();
  await page.getByRole('heading', { name: 'Zoé Quickstep-Testcase' }).waitFor();
  await page.goBack();
  await page.getByText('1–1 of 1').waitFor();
  assert.deepEqual(complaints, []);
  await close();
}

async function sort_and_page(browser) {
  const { page, complaints, close } = await browser.tab();
  await signIn(page, 'doctor');
  await goTo(page, 'Patients');
  await page.getByText('1–20 of').waitFor();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByText('21–40 of').waitFor();
  await page.reload();
  await page.getByText('21–40 of').waitFor();
  await page.getByRole('button', { name: 'Born' }).click();
  await page.getByRole('columnheader', { name: 'Born' }).and(page.locator('[aria-sort=ascending]')).waitFor();
  await page.getByText('1–20 of').waitFor();
  assert.deepEqual(complaints, []);
  await close();
}

async function fillBooking(dialog, page) {
  const picker = dialog.getByRole('combobox', { name: 'Patient' });
  await picker.fill('Quickstep');
  await dialog.getByRole('option', { name: /Zoé/ }).waitFor();
  await page.keyboard.press('Enter');
  await dialog.getByLabel('Doctor').selectOption({ label: 'Demo doctor' });
  await dialog.getByLabel('Date and time').fill('2040-03-01T10:00');
  await dialog.getByLabel('Reason').fill('First visit');
}

async function book(browser) {
  const { page, complaints, close } = await browser.tab({ expected: [409] });
  await signIn(page, 'receptionist');
  await page.getByRole('heading', { name: 'Appointments' }).waitFor();
  const dialog = page.getByRole('dialog');
  await page.getByRole('button', { name: 'Book' }).click();
  await fillBooking(dialog, page);
  await browser.shot(page, 'booking');
  await dialog.getByRole('button', { name: 'Book' }).click();
  await page.getByText('The appointment is booked').waitFor();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Book' }).click();
  await fillBooking(dialog, page);
  await dialog.getByRole('button', { name: 'Book' }).click();
  await dialog.getByRole('alert').waitFor();
  await browser.shot(page, 'booking-refused');
  assert.deepEqual(complaints, []);
  await close();
}

async function openZoe(page) {
  await page.goto('/patients?search=quickstep');
  await page.getByRole('link', { name: /Quickstep-Testcase/ }).click();
  await page.getByRole('heading', { name: 'Zoé Quickstep-Testcase' }).waitFor();
}

async function prescribe(browser) {
  const { page, complaints, close } = await browser.tab();
  await signIn(page, 'doctor');
  await openZoe(page);
  await page.getByText('First visit').waitFor();
  await page.getByRole('button', { name: 'Prescribe' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Medication').fill('Placebon');
  await dialog.getByLabel('Dosage').fill('500 mg');
  await dialog.getByLabel('Frequency').fill('Twice a day');
  await dialog.getByLabel('Duration').fill('7 days');
  await dialog.getByRole('button', { name: 'Prescribe' }).click();
  await page.getByRole('cell', { name: 'Placebon' }).waitFor();
  await browser.shot(page, 'patient-with-children');
  assert.deepEqual(complaints, []);
  await close();
}

async function edit_and_cancel(browser) {
  const { page, complaints, close } = await browser.tab();
  await signIn(page, 'doctor');
  await openZoe(page);
  await page.getByRole('button', { name: 'Edit' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Allergies').fill('Penicillin, cats');
  await dialog.getByRole('button', { name: 'Save changes' }).click();
  await page.getByText('Penicillin, cats').waitFor();
  await page.getByRole('button', { name: /^Cancel the appointment/ }).click();
  await dialog.getByRole('button', { name: 'Cancel appointment' }).click();
  await page.getByRole('cell', { name: 'Cancelled' }).waitFor();
  assert.deepEqual(complaints, []);
  await close();
}

async function report(browser) {
  const { page, complaints, close } = await browser.tab();
  await signIn(page, 'doctor');
  await openZoe(page);
  await page.getByRole('button', { name: 'Report' }).click();
  await page.getByRole('dialog').getByText(/Quickstep-Testcase/).nth(1).waitFor();
  await page.getByRole('dialog').locator('pre').waitFor();
  await browser.shot(page, 'report');
  assert.deepEqual(complaints, []);
  await close();
}

// What each role is offered, on the navigation and on a patient's page.
const OFFERS = {
  admin: {
    places: ['Dashboard', 'Patients', 'Appointments', 'Prescriptions', 'Audit', 'Users'],
    buttons: ['Report', 'Edit', 'Delete', 'Book', 'Prescribe'],
  },
  doctor: {
    places: ['Dashboard', 'Patients', 'Appointments', 'Prescriptions'],
    buttons: ['Report', 'Edit', 'Book', 'Prescribe'],
  },
  nurse: { places: ['Patients', 'Appointments', 'Prescriptions'], buttons: [] },
  receptionist: { places: ['Patients', 'Appointments'], buttons: ['Book'] },
};

async function roles(browser) {
  for (const [role, { places, buttons }] of Object.entries(OFFERS)) {
    const { page, complaints, close } = await browser.tab();
    await signIn(page, role);
    const navigation = page.getByRole('navigation', { name: 'Main' });
    assert.deepEqual(await navigation.getByRole('link').allInnerTexts(), places, role);
    await openZoe(page);
    const offered = await page.locator('#content').getByRole('button').allInnerTexts();
    assert.deepEqual(offered.map((text) => text.trim()), buttons, role);
    if (role === 'receptionist') {
      await page.goto('/audit');
      await page.locator('[data-status="403"]').waitFor();
      await browser.shot(page, 'not-for-this-role');
    }
    assert.deepEqual(complaints, [], role);
    await close();
  }
}

async function exported(page) {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export' }).click();
  return (await download).suggestedFilename();
}

// An answer as the clinic gives it when there is more than fits.
async function exportCut(page) {
  const name = 'audit-2026-01-31-newest-100000-of-149567.csv';
  const headers = { 'Content-Disposition': `attachment; filename="${name}"` };
  const answer = { status: 200, contentType: 'text/csv', headers, body: 'id\r\n' };
  await page.route('**/audit/export?*', (route) => route.fulfill(answer));
  assert.equal(await exported(page), name);
  await page.getByText('The file has the newest 100,000 of 149,567 entries').waitFor();
  await page.unroute('**/audit/export?*');
}

async function administration(browser) {
  const { page, complaints, close } = await browser.tab();
  await signIn(page, 'admin');
  await goTo(page, 'Audit');
  await page.getByRole('table', { name: 'Audit log' }).waitFor();
  await page.getByLabel('Action').selectOption('CREATE');
  await page.getByRole('cell', { name: 'Create' }).first().waitFor();
  await browser.shot(page, 'audit');
  assert.match(await exported(page), /^audit-\d{4}-\d\d-\d\d\.csv$/);
  assert.equal(await page.getByText('The file has the newest').count(), 0);
  await exportCut(page);
  await goTo(page, 'Users');
  await page.getByRole('button', { name: /^Lock Demo nurse/ }).click();
  await page.getByRole('button', { name: /^Unlock Demo nurse/ }).click();
  await page.getByRole('button', { name: /^Lock Demo nurse/ }).waitFor();
  await browser.shot(page, 'users');
  assert.deepEqual(complaints, []);
  await close();
}

async function changePassword(page, from, to) {
  await page.getByRole('button', { name: 'Change password' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Current password').fill(from);
  await dialog.getByLabel('New password', { exact: false }).first().fill(to);
  await dialog.getByLabel('New password again').fill(to);
  await dialog.getByRole('button', { name: 'Change password' }).click();
  return dialog;
}

async function change_password(browser) {
  const { page, complaints, close } = await browser.tab({ expected: [400] });
  await signIn(page, 'nurse');
  const dialog = await changePassword(page, 'not-this-one', 'nurse-password-2');
  await dialog.getByRole('alert').waitFor();
  await page.keyboard.press('Escape');
  await changePassword(page, 'nurse123', 'nurse-password-2');
  await page.getByText('Your password is changed').waitFor();
  await goTo(page, 'Patients');
  await page.getByText('1–20 of').waitFor();
  await close();
  const again = await browser.tab();
  await signIn(again.page, 'nurse', 'nurse-password-2');
  assert.deepEqual([...complaints, ...again.complaints], []);
  await again.close();
}

async function remove_patient(browser) {
  const { page, complaints, close } = await browser.tab({ expected: [404] });
  await signIn(page, 'admin');
  await openZoe(page);
  const place = page.url();
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete for good' }).click();
  await page.getByRole('heading', { name: 'Patients' }).waitFor();
  await page.goto(place);
  await page.locator('[data-status="404"]').waitFor();
  assert.deepEqual(complaints, []);
  await close();
}

async function wrong_address(browser) {
  const { page, complaints, close } = await browser.tab({ expected: [404] });
  await signIn(page, 'admin');
  const answer = await page.goto(new URL('/patiens', page.url()).href);
  assert.equal(answer.status(), 404);
  await page.locator('[data-status="404"]').waitFor();
  await page.getByRole('link', { name: 'Patients' }).first().click();
  await page.getByRole('heading', { name: 'Patients' }).waitFor();
  assert.deepEqual(complaints, []);
  await close();
}

export const DESK_CASES = [
  add_patient,
  find_patient,
  sort_and_page,
  book,
  prescribe,
  edit_and_cancel,
  report,
  roles,
  administration,
  wrong_address,
  change_password,
  remove_patient,
];
