// SPDX-License-Identifier: Apache-2.0
// run: --out json=out.samples
import http from 'k6/http';
export const options = { iterations: 1 };
export default function () {
  const url = __ENV.URL;
  const cases = [
    ['refused', 'http://' + __ENV.CLOSED + '/'],
    ['dns', 'http://nosuchhost.invalid/'],
    ['reset', url + '/reset'],
    ['close', url + '/close'],
    ['short', url + '/short'],
    ['garbage', url + '/garbage'],
    ['timeout', url + '/delay/400', { timeout: 100 }],
    ['timeout text', url + '/delay/400', { timeout: '50ms' }],
    ['tls', url.replace('http:', 'https:')],
    ['404', url + '/status/404'],
    ['599', url + '/status/599'],
  ];
  for (const [name, target, params] of cases) {
    const r = http.get(target, params);
    console.log(name, r.status, r.error, r.error_code, r.body, r.url === target, r.status_text, r.proto, r.remote_ip);
    console.log(name, JSON.stringify(r.headers), r.timings.duration >= 0, r.request.method);
  }
}
