// SPDX-License-Identifier: Apache-2.0
// run:
// run: K6_DISCARD_RESPONSE_BODIES=false
import http from 'k6/http';
export const options = { iterations: 1, discardResponseBodies: true, userAgent: 'script' };
export default function () {
  const res = http.get(__ENV.URL + '/json');
  console.log(res.body, res.status, res.headers['Content-Length']);
  console.log(http.get(__ENV.URL + '/', { responseType: 'text' }).body);
  console.log(http.get(__ENV.URL + '/echo', { responseType: 'text' }).json('headers.User-Agent'));
}
