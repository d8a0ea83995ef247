// SPDX-License-Identifier: Apache-2.0
//
// A working day at the clinic in half a minute: staff look at patients, appointments and the
// dashboard, while the front desk registers new patients at a steady rate, however busy the server is.
//
//   keneyapp serve --demo
//   keneyperf run examples/clinic.js --slo examples/guide.slo.yaml
//
// With -e, or from the environment:
//   BASE_URL         where the clinic is   http://127.0.0.1:8000
//   CLINIC_USER      who signs in          testuser
//   CLINIC_PASSWORD                        testpass123
import http from 'k6/http';
import { check, group, sleep } from 'k6';
import exec from 'k6/execution';
import { Counter, Trend } from 'k6/metrics';

const BASE = __ENV.BASE_URL || 'http://127.0.0.1:8000';
const API = `${BASE}/api/v1`;
const CREDENTIALS = {
  username: __ENV.CLINIC_USER || 'testuser',
  password: __ENV.CLINIC_PASSWORD || 'testpass123',
};

const registered = new Counter('patients_registered');
const pageTime = new Trend('staff_page_time', true);

export const options = {
  scenarios: {
    staff: {
      executor: 'ramping-vus',
      exec: 'staff',
      stages: [
        { duration: '5s', target: 40 },
        { duration: '15s', target: 40 },
        { duration: '3s', target: 0 },
      ],
      gracefulRampDown: '2s',
      gracefulStop: '2s',
    },
    front_desk: {
      executor: 'constant-arrival-rate',
      exec: 'frontDesk',
      startTime: '2s',
      rate: 10,
      timeUnit: '1s',
      duration: '20s',
      preAllocatedVUs: 5,
      maxVUs: 20,
      gracefulStop: '2s',
    },
  },
  thresholds: {
    checks: ['rate>0.99'],
    http_req_failed: ['rate<0.01'],
    http_req_duration: ['p(95)<200', 'p(99)<500'],
    'http_req_duration{name:patients}': ['p(95)<200'],
    'http_req_duration{name:dashboard}': ['p(95)<500'],
    dropped_iterations: ['count==0'],
  },
};

function authorized(token, name) {
  return { headers: { Authorization: `Bearer ${token}` }, tags: { name } };
}

function view(token, path, name) {
  const response = http.get(`${API}${path}`, authorized(token, name));
  check(response, { [`${name} answered`]: (r) => r.status === 200 });
  pageTime.add(response.timings.duration, { page: name });
  return response;
}

export function setup() {
  const response = http.post(`${API}/auth/login`, JSON.stringify(CREDENTIALS), {
    headers: { 'Content-Type': 'application/json' },
    tags: { name: 'login' },
  });
  if (response.status !== 200) {
    exec.test.abort(`nobody could sign in at ${BASE}: ${response.status} ${response.error}`);
  }
  return { token: response.json('access_token') };
}

export function staff({ token }) {
  group('morning round', () => {
    const page = Math.floor(Math.random() * 100);
    const list = view(token, `/patients?skip=${page * 25}&limit=25`, 'patients');
    const patient = list.json('items.0.id');
    if (patient) {
      view(token, `/patients/${patient}`, 'patient');
    }
    view(token, '/appointments?limit=25', 'appointments');
  });
  if (exec.vu.iterationInScenario % 4 === 0) {
    view(token, '/dashboard/stats', 'dashboard');
  }
  sleep(0.2 + Math.random() * 0.3);
}

export function frontDesk({ token }) {
  const number = exec.scenario.iterationInTest;
  const response = http.post(
    `${API}/patients`,
    JSON.stringify({
      first_name: 'Demo',
      last_name: `Patient ${number}`,
      date_of_birth: '1990-01-01',
      gender: 'other',
      phone: '+33100000000',
    }),
    {
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      tags: { name: 'register' },
    },
  );
  if (check(response, { 'patient registered': (r) => r.status === 201 })) {
    registered.add(1);
  }
}
