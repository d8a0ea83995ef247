// SPDX-License-Identifier: Apache-2.0
import { sleep } from 'k6';
export const options = {
  scenarios: {
    constant: { executor: 'constant-vus', vus: 2, duration: '1s' },
    ramping: {
      executor: 'ramping-vus',
      startVUs: 1,
      stages: [{ duration: '500ms', target: 1 }, { duration: '0s', target: 2 }, { duration: '500ms', target: 2 }],
      gracefulRampDown: '0s',
    },
  },
};
export default function () {
  sleep(0.27);
}
