// SPDX-License-Identifier: Apache-2.0
// Iterations that do not fit: cut off, dropped, never started.
import { sleep } from 'k6';
export const options = {
  scenarios: {
    shared: { executor: 'shared-iterations', vus: 2, iterations: 5, maxDuration: '1s', gracefulStop: '0s' },
    per: { executor: 'per-vu-iterations', vus: 2, iterations: 3, maxDuration: '1s', gracefulStop: '1s' },
  },
};
export default function () {
  sleep(0.7);
}
