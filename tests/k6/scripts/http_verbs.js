// SPDX-License-Identifier: Apache-2.0
import http from 'k6/http';
export const options = { iterations: 1 };
function show(name, res) {
  const got = res.body ? res.json() : null;
  console.log(name, res.status, got && got.method, got && got.path, got && JSON.stringify(got.body), got && JSON.stringify(got.headers));
}
export default function () {
  const url = __ENV.URL + '/echo';
  show('get', http.get(url));
  show('head', http.head(url));
  show('post', http.post(url, 'text'));
  show('post none', http.post(url));
  show('post null', http.post(url, null));
  show('post empty', http.post(url, ''));
  show('post form', http.post(url, { b: 2, a: 'x y&z', list: [1, 2], none: null, yes: true, é: 'ü' }));
  show('post form type', http.post(url, { a: 1 }, { headers: { 'Content-Type': 'text/x' } }));
  show('post json', http.post(url, JSON.stringify({ a: 1 }), { headers: { 'content-type': 'application/json' } }));
  show('post buffer', http.post(url, new Uint8Array([104, 105]).buffer));
  show('put', http.put(url, 'p'));
  show('patch', http.patch(url, 'p'));
  show('del', http.del(url));
  show('del body', http.del(url, 'd'));
  show('options', http.options(url));
  show('request', http.request('FOO', url, 'b'));
  show('request lower', http.request('get', url));
  show('query', http.get(url + '?a=1&b=x%20y&c=é#fragment'));
  show('headers', http.get(url, { headers: { 'X-A': 'a', 'x-number': 5, Host: 'other.test', 'User-Agent': 'mine' } }));
}
