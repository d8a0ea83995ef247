// SPDX-License-Identifier: Apache-2.0
// Every kind of question that the clinic's database is asked, none of them twice the same.
import http from 'k6/http';
import { check } from 'k6';

const PATIENTS = Number(__ENV.PATIENTS || 100000);
const NAMES = ['Bra', 'Dol', 'Tan', 'Osc', 'Gol', 'Pap', 'Que', 'Sie'];
const params = { headers: { Authorization: `Bearer ${__ENV.TOKEN}` } };
const any = (n) => Math.floor(Math.random() * n);
const pick = (list) => list[any(list.length)];

const GETS = [
  () => `/patients/${1 + any(PATIENTS)}`,
  () => `/patients?limit=20&skip=${20 * any(50)}`,
  () => `/appointments?limit=20&skip=${20 * any(50)}`,
  () => `/prescriptions?limit=20&skip=${20 * any(50)}`,
  () => `/patients?limit=20&search=${pick(NAMES)}`,
  () => `/patients?limit=20&sort_by=last_name&skip=${20 * any(50)}`,
  () => `/patients/${1 + any(PATIENTS)}?include=appointments,prescriptions`,
  () => `/patients?limit=20&skip=${20 * any(50)}&include=appointments,prescriptions`,
  () => `/appointments?limit=20&status=${pick(['scheduled', 'completed', 'cancelled'])}`,
  () => '/dashboard/stats',
];

export const options = { vus: 1, iterations: Number(__ENV.REQUESTS || 3000), thresholds: { checks: ['rate==1'] } };

export default function () {
  const get = http.get(`${__ENV.BASE}/api/v1${pick(GETS)()}`, params);
  check(get, { ok: (r) => r.status === 200 });
  if (__ITER % 10 === 0) {
    const report = http.post(`${__ENV.BASE}/api/v1/patients/${1 + any(PATIENTS)}/report`, null, params);
    check(report, { accepted: (r) => r.status === 202 });
  }
}
