// SPDX-License-Identifier: Apache-2.0
//
// The handbook's spike test: its load plan with the flow of its k6 script. Five minutes as written;
//
//   keneyperf run --time-scale 0.05 examples/spike.js
//
// rehearses it in 15 seconds. BASE_URL (-e) is where the clinic is: http://127.0.0.1:8000.
import http from 'k6/http';
import { check, sleep } from 'k6';

const API = `${__ENV.BASE_URL || 'http://127.0.0.1:8000'}/api/v1`;

export const options = {
  stages: [
    { duration: '1m', target: 50 }, // normal load
    { duration: '30s', target: 500 }, // spike
    { duration: '2m', target: 500 }, // sustained
    { duration: '1m', target: 50 }, // back to normal
    { duration: '30s', target: 0 }, // ramp down
  ],
  thresholds: {
    http_req_duration: ['p(95)<200', 'p(99)<500'],
    http_req_failed: ['rate<0.01'],
  },
};

export default function () {
  const login = http.post(
    `${API}/auth/login`,
    JSON.stringify({ username: 'testuser', password: 'testpass123' }),
    { headers: { 'Content-Type': 'application/json' } },
  );
  check(login, { 'login successful': (r) => r.status === 200 });

  const patients = http.get(`${API}/patients`, {
    headers: { Authorization: `Bearer ${login.json('access_token')}` },
  });
  check(patients, {
    'patients retrieved': (r) => r.status === 200,
    'response time < 200ms': (r) => r.timings.duration < 200,
  });

  sleep(1);
}
