// SPDX-License-Identifier: Apache-2.0
// What an iteration of the guide's k6 script does, without its sleep: two requests, three checks, one
// value out of JSON. Runs under k6 and keneyperf alike.
import http from 'k6/http';
import { check } from 'k6';

export default function () {
  const loginRes = http.post(`${__ENV.URL}/api/v1/auth/login`,
    JSON.stringify({
      username: 'testuser',
      password: 'testpass123',
    }),
    { headers: { 'Content-Type': 'application/json' } }
  );

  check(loginRes, {
    'login successful': (r) => r.status === 200,
  });

  const token = loginRes.json('access_token');

  const patientsRes = http.get(`${__ENV.URL}/api/v1/patients`, {
    headers: { Authorization: `Bearer ${token}` },
  });

  check(patientsRes, {
    'patients retrieved': (r) => r.status === 200,
    'response time < 200ms': (r) => r.timings.duration < 200,
  });
}
