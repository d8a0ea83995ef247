// SPDX-License-Identifier: Apache-2.0
// run: --throw
// run:
import http from 'k6/http';
export const options = { iterations: 1 };
export default function () {
  try {
    http.get('http://' + __ENV.CLOSED + '/');
    console.log('not thrown');
  } catch (e) {
    console.log(String(e), e.name, e.value);
  }
  http.get(__ENV.URL + '/status/500');
  http.get('http://' + __ENV.CLOSED + '/', { throw: true });
  console.log('not reached');
}
