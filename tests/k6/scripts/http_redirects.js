// SPDX-License-Identifier: Apache-2.0
// run: --out json=out.samples
import http from 'k6/http';
export const options = { iterations: 1 };
export default function () {
  const url = __ENV.URL;
  const show = (name, r) => console.log(name, r.status, r.url, r.headers.Location, r.body && r.body.slice(0, 40), r.error, r.error_code);
  show('two', http.get(url + '/redirect/2'));
  show('limit', http.get(url + '/redirect/3', { redirects: 1 }));
  show('none', http.get(url + '/redirect/3', { redirects: 0 }));
  show('eleven', http.get(url + '/redirect/12'));
  for (const code of [301, 302, 303, 307, 308]) {
    show('post ' + code, http.post(`${url}/redirect-to?url=/echo&code=${code}`, 'kept'));
  }
  show('absolute', http.get(`${url}/redirect-to?url=${encodeURIComponent(url + '/')}`));
  show('bad', http.get(`${url}/redirect-to?url=${encodeURIComponent('http://[bad/')}`));
  show('scheme', http.get(`${url}/redirect-to?url=${encodeURIComponent('ftp://x/')}`));
  show('head', http.head(url + '/redirect/1'));
}
