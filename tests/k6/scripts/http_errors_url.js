// SPDX-License-Identifier: Apache-2.0
import http from 'k6/http';
export const options = { iterations: 1 };
export default function () {
  const odd = ['', 'nonsense', '/path', 'ftp://127.0.0.1/', 'http://', 'http:///x', 'http://[bad/', 'http://127.0.0.1:99999/', 'http://a b/', null, undefined, 5, {}];
  for (const target of odd) {
    try {
      const r = http.get(target);
      console.log(JSON.stringify(target), r.status, r.error, r.error_code);
    } catch (e) {
      console.log(JSON.stringify(target), 'threw', String(e));
    }
  }
  const url = __ENV.URL + '/';
  const bad = [{ timeout: 'x' }, { timeout: {} }, { redirects: 'x' }, { headers: 'x' }, { tags: 'x' }, { cookies: 5 }, { auth: 'nonsense' }, 'text', 5, null, { responseCallback: 5 }, { headers: null, tags: null }, { headers: { 'bad name': 'x' } }, { headers: { a: 'b\nc' } }, { compression: 'nonsense' }];
  for (const params of bad) {
    try {
      const r = http.get(url, params);
      console.log(JSON.stringify(params), r.status, r.error, r.error_code);
    } catch (e) {
      console.log(JSON.stringify(params), 'threw', String(e));
    }
  }
  for (const statuses of [[], ['x'], [{ min: 1 }], [{ min: 'a', max: 2 }], [200.5], [{ min: 300, max: 200 }]]) {
    try {
      http.expectedStatuses(...statuses);
      console.log(JSON.stringify(statuses), 'made');
    } catch (e) {
      console.log(JSON.stringify(statuses), String(e));
    }
  }
}
