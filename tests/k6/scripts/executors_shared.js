// SPDX-License-Identifier: Apache-2.0
// one worker
// run:
import exec from 'k6/execution';
export const options = {
  scenarios: {
    shared: { executor: 'shared-iterations', vus: 3, iterations: 10, maxDuration: '5s' },
    late: { executor: 'shared-iterations', vus: 1, iterations: 2, startTime: '300ms', exec: 'late' },
    per: { executor: 'per-vu-iterations', vus: 2, iterations: 4, gracefulStop: '1s', tags: { a: 'b' } },
  },
};
export default function () {}
export function late() {
  console.log(exec.scenario.name, exec.scenario.executor, exec.scenario.iterationInTest);
}
