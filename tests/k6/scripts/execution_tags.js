// SPDX-License-Identifier: Apache-2.0
// run: --out json=out.samples
import exec from 'k6/execution';
import http from 'k6/http';
import { check } from 'k6';
import { Counter } from 'k6/metrics';
const counter = new Counter('my_counter');
export const options = { iterations: 2, tags: { run: 'r' } };
export default function () {
  exec.vu.tags.mine = 'a' + __ITER;
  exec.vu.metrics.tags.other = 5;
  exec.vu.metrics.metadata.trace = 't';
  counter.add(1);
  check(1, { c: true });
  http.get(__ENV.URL + '/', { tags: { mine: 'request' } });
  delete exec.vu.tags.other;
  counter.add(1);
  console.log(JSON.stringify(exec.vu.tags), exec.vu.tags.scenario, exec.vu.metrics.tags.mine);
  for (const value of [null, undefined, {}, [1]]) {
    try {
      exec.vu.tags.bad = value;
      console.log('bad', exec.vu.tags.bad);
    } catch (e) {
      console.log(String(e));
    }
  }
}
