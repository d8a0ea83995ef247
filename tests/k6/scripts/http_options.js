// SPDX-License-Identifier: Apache-2.0
// run: --rps 20 --iterations 5
// run: --no-connection-reuse --iterations 3
// run: --no-vu-connection-reuse --iterations 3
// run: --max-redirects 1 --iterations 1
// run: --user-agent mine --iterations 1
// run: --min-iteration-duration 300ms --iterations 2
// run: --system-tags status,name,vu,iter --out json=out.samples --iterations 1
import http from 'k6/http';
import { Trend } from 'k6/metrics';
const fresh = new Trend('fresh_connections');
export default function () {
  const res = http.get(__ENV.URL + '/redirect/2');
  fresh.add(res.timings.connecting > 0 ? 1 : 0);
  console.log(res.status, res.body && res.status === 200 ? res.json('headers.User-Agent') : '');
}
