// SPDX-License-Identifier: Apache-2.0
import http from 'k6/http';
export const options = { iterations: 2 };
const sent = (r) => r.body;
export default function () {
  const url = __ENV.URL;
  console.log('fresh', sent(http.get(url + '/cookies')));
  const set = http.get(url + '/cookies/set?a=1&b=two');
  console.log('set', set.url, sent(set), JSON.stringify(set.cookies));
  const rich = http.get(url + '/cookies/rich');
  const cookies = JSON.parse(JSON.stringify(rich.cookies));
  for (const name of Object.keys(cookies).sort()) {
    cookies[name].forEach((c) => { c.expires = c.expires > 0; });
    console.log(name, JSON.stringify(cookies[name]));
  }
  const jar = http.cookieJar();
  console.log('jar', JSON.stringify(jar.cookiesForURL(url + '/cookies')), JSON.stringify(jar.cookiesForURL(url)));
  console.log('set by jar', jar.set(url, 'mine', 'm', { path: '/cookies', max_age: 100 }));
  console.log('param', sent(http.get(url + '/cookies', { cookies: { p: 'q', a: { value: 'replaced', replace: true }, b: 'not' } })));
  console.log('header', sent(http.get(url + '/cookies', { headers: { Cookie: 'h=1' } })));
  const other = new http.CookieJar();
  other.set(url, 'other', 'o');
  console.log('other', sent(http.get(url + '/cookies', { jar: other })));
  jar.delete(url + '/cookies', 'mine');
  console.log('deleted', sent(http.get(url + '/cookies')));
  jar.clear(url);
  console.log('cleared', sent(http.get(url + '/cookies')));
}
