// SPDX-License-Identifier: Apache-2.0
// Batches of 200 new patients, one user.
import http from 'k6/http';
import { check } from 'k6';

const params = { headers: { Authorization: `Bearer ${__ENV.TOKEN}`, 'Content-Type': 'application/json' } };

export const options = {
  vus: 1,
  iterations: Number(__ENV.REQUESTS || 20),
  thresholds: { checks: ['rate==1'] },
};

export default function () {
  const patients = [];
  for (let i = 0; i < 200; i++) {
    patients.push({
      first_name: 'Batch',
      last_name: `Number${__ITER}x${i}`,
      date_of_birth: '1980-02-03',
      gender: 'other',
      phone: '+33100000000',
    });
  }
  const response = http.post(`${__ENV.BASE}/api/v1/batch/patients`, JSON.stringify(patients), params);
  check(response, { created: (r) => r.status === 201 });
}
