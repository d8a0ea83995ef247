// SPDX-License-Identifier: Apache-2.0
// Numbers, dates and times as people write them. The clinic speaks UTC; pages show local time.

const NUMBER = new Intl.NumberFormat();
const DATE = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const DATE_UTC = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' });
const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const DATE_TIME = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const SECONDS = new Intl.DateTimeFormat(undefined, { dateStyle: 'short', timeStyle: 'medium' });

// Text without a zone is UTC.
function instant(text) {
  return new Date(/Z|[+-]\d\d:\d\d$/.test(text) ? text : `${text}Z`);
}

const formatted = (format, text) => (text ? format.format(instant(text)) : '—');

export const count = (number) => NUMBER.format(number);
export const date = (text) => formatted(DATE, text);
export const time = (text) => formatted(TIME, text);
export const dateTime = (text) => formatted(DATE_TIME, text);
export const dateTimeSeconds = (text) => formatted(SECONDS, text);

// A day without a time, like a date of birth.
export const day = (text) => (text ? DATE_UTC.format(new Date(`${text}T00:00:00Z`)) : '—');

export function age(birth) {
  const [year, month, dayOfMonth] = birth.split('-').map(Number);
  const now = new Date();
  const before =
    now.getMonth() + 1 < month || (now.getMonth() + 1 === month && now.getDate() < dayOfMonth);
  return now.getFullYear() - year - (before ? 1 : 0);
}

export const fullName = (patient) => `${patient.first_name} ${patient.last_name}`;

export const words = (name) => {
  const text = name.replaceAll('_', ' ');
  return text[0].toUpperCase() + text.slice(1);
};

// How long something takes or is to be waited for.
export const wait = (seconds) =>
  seconds < 90 ? `${Math.max(0, seconds)} s` : `${Math.ceil(seconds / 60)} min`;

const two = (number) => String(number).padStart(2, '0');

// For <input type="datetime-local">: local time without a zone.
export function localInput(when) {
  return (
    `${when.getFullYear()}-${two(when.getMonth() + 1)}-${two(when.getDate())}` +
    `T${two(when.getHours())}:${two(when.getMinutes())}`
  );
}

// And back, in UTC, to the second.
export const fromLocalInput = (text) => new Date(text).toISOString().replace(/\.\d+Z$/, 'Z');
