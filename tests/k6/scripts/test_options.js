// SPDX-License-Identifier: Apache-2.0
// exec.test.options is what counts, absent options as null.
import exec from 'k6/execution';
import { test } from 'k6/execution';
export const options = {
  scenarios: { a: { executor: 'shared-iterations', vus: 1, iterations: 1, env: { X: 'y' }, tags: { t: '1' } } },
  thresholds: { checks: ['rate>0.5'], http_reqs: [{ threshold: 'count>=0', abortOnFail: true }] },
  noConnectionReuse: true,
  hosts: { 'a.test': '127.0.0.1' },
};
export default function () {
  const o = exec.test.options;
  for (const key of Object.keys(o).sort()) {
    console.log(key, JSON.stringify(o[key]));
  }
  console.log(test.options === exec.test.options, Object.isFrozen(o), __ENV.X);
}
