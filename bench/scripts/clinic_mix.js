// SPDX-License-Identifier: Apache-2.0
// The handbook's mix (patients 3, appointments 2, dashboard 1) as an arrival rate.
import http from 'k6/http';
import { check } from 'k6';

const RATE = Number(__ENV.RATE || 1000);
const PATHS = ['/patients', '/patients', '/patients', '/appointments', '/appointments', '/dashboard/stats'];
const params = { headers: { Authorization: `Bearer ${__ENV.TOKEN}` } };

export const options = {
  scenarios: {
    mix: {
      executor: 'constant-arrival-rate',
      rate: RATE,
      timeUnit: '1s',
      duration: `${__ENV.SECONDS || 60}s`,
      preAllocatedVUs: 100,
      maxVUs: 1000,
    },
  },
  thresholds: {
    http_req_failed: ['rate==0'],
    dropped_iterations: ['count==0'],
    http_req_duration: ['med<10', 'p(95)<50', 'p(99)<100'],
  },
};

export default function () {
  const path = PATHS[Math.floor(Math.random() * PATHS.length)];
  check(http.get(`${__ENV.BASE}/api/v1${path}`, params), { ok: (r) => r.status === 200 });
}
