// SPDX-License-Identifier: Apache-2.0
// hide: ^ +vus
// hide: ^steady
// one worker
import exec from 'k6/execution';
import { Counter } from 'k6/metrics';
const seen = new Counter('seen');
export const options = {
  scenarios: {
    steady: { executor: 'constant-arrival-rate', rate: 20, timeUnit: '1s', duration: "1025ms", preAllocatedVUs: 3, maxVUs: 5 },
    ramp: {
      executor: 'ramping-arrival-rate',
      startRate: 10,
      timeUnit: '1s',
      preAllocatedVUs: 2,
      stages: [{ duration: '500ms', target: 30 }, { duration: "510ms", target: 30 }],
    },
  },
};
export default function () {
  seen.add(1, { of: exec.scenario.name });
}
