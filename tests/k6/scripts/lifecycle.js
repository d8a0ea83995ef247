// SPDX-License-Identifier: Apache-2.0
// one worker
// unordered
// run: --summary-export export.json
// run: --no-setup --no-teardown
import http from 'k6/http';
import { check, group } from 'k6';
export const options = { scenarios: { s: { executor: 'per-vu-iterations', vus: 2, iterations: 2 } } };
console.log('init', __VU, typeof __ITER);
export function setup() {
  console.log('setup', __VU, typeof __ITER);
  check(1, { 'in setup': true });
  group('group in setup', () => http.get(__ENV.URL + '/'));
  return { list: [1, 2], when: new Date(0), nothing: undefined, text: 'é' };
}
export default function (data) {
  if (data) {
    data.list.push(__VU);
  }
  console.log('vu', __VU, __ITER, JSON.stringify(data));
}
export function teardown(data) {
  console.log('teardown', __VU, JSON.stringify(data));
}
