// SPDX-License-Identifier: Apache-2.0
// unordered
import { sleep } from 'k6';
import { Counter } from 'k6/metrics';
const bad = new Counter('bad');
export const options = {
  vus: 1,
  duration: '10s',
  thresholds: { bad: [{ threshold: 'count<1', abortOnFail: true, delayAbortEval: '500ms' }] },
};
export default function () {
  bad.add(1);
  sleep(60);
}
export function teardown() {
  console.log('teardown ran');
}
