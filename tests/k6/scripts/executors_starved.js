// SPDX-License-Identifier: Apache-2.0
// Too few users for the rate: iterations are dropped.
import { sleep } from 'k6';
export const options = {
  scenarios: {
    starved: { executor: 'constant-arrival-rate', rate: 10, duration: '1050ms', preAllocatedVUs: 1, gracefulStop: '2s' },
  },
};
export default function () {
  sleep(1.55);
}
