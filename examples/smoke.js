// SPDX-License-Identifier: Apache-2.0
//
// One person tries everything once: what to run after each deployment, and first of all.
//
//   keneyperf run examples/smoke.js
//
//   BASE_URL   where the clinic is   http://127.0.0.1:8000
import http from 'k6/http';
import { check, group } from 'k6';

const BASE_URL = __ENV.BASE_URL || 'http://127.0.0.1:8000';
const API = `${BASE_URL}/api/v1`;

export const options = {
  vus: 1,
  iterations: 1,
  thresholds: { checks: ['rate==1'] },
};

export default function () {
  group('the service', () => {
    check(http.get(`${BASE_URL}/health`), { healthy: (r) => r.status === 200 });
    check(http.get(`${BASE_URL}/ready`), { ready: (r) => r.status === 200 });
  });

  const credentials = { username: 'testuser', password: 'testpass123' };
  const login = http.post(`${API}/auth/login`, credentials); // an object is sent as a form
  check(login, { 'sign-in': (r) => r.status === 200 && r.json('token_type') === 'bearer' });
  const params = { headers: { Authorization: `Bearer ${login.json('access_token')}` } };

  group('refusals', () => {
    http.setResponseCallback(http.expectedStatuses(401, 422));
    check(http.get(`${API}/patients`), { 'no token, no patients': (r) => r.status === 401 });
    check(http.get(`${API}/patients?limit=many`, params), {
      'limit must be a number': (r) => r.status === 422,
    });
    http.setResponseCallback(http.expectedStatuses({ min: 200, max: 399 }));
  });

  group('lists', () => {
    for (const what of ['patients', 'appointments']) {
      check(http.get(`${API}/${what}?limit=5`, params), {
        [`five ${what}`]: (r) => r.json('items.#') === 5 && r.json('total') >= 5,
      });
    }
    check(http.get(`${API}/dashboard/stats`, params), {
      dashboard: (r) => r.status === 200 && r.json('total_patients') > 0,
    });
  });
}
