// SPDX-License-Identifier: Apache-2.0
// 500 arrivals a second, whatever the server does.
import http from 'k6/http';

export const options = {
  scenarios: {
    steady: {
      executor: 'constant-arrival-rate',
      rate: 500,
      timeUnit: '1s',
      duration: __ENV.DURATION,
      preAllocatedVUs: 700,
      maxVUs: 1500,
    },
  },
  summaryTrendStats: ['p(90)', 'p(95)', 'p(99)', 'max', 'count'],
};

export default function () {
  http.get(`${__ENV.URL}/fixed`);
}
