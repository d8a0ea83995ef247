// SPDX-License-Identifier: Apache-2.0
import http from 'k6/http';
export const options = { iterations: 1 };
function attempt(name, fn) {
  try {
    console.log(name, JSON.stringify(fn()));
  } catch (e) {
    console.log(name, 'threw', String(e));
  }
}
export default function () {
  const res = http.get(__ENV.URL + '/json');
  const selectors = [
    'token', 'active', 'none', 'pi', 'user', 'user.name', 'user.tags', 'user.tags.0', 'user.tags.9', 'user.first\\.last',
    'items.#', 'items.#.name', 'items.0.id', 'items.1', 'items.#(id==2).name', 'items.#(price>5)#.id', 'items.#(name%"t*")#.name',
    'missing', 'user.missing.deeper', 'text', '*', 'us*.name', 'items.@reverse.0.id', 'items|#', 'items|0|name', '', '@this.token',
    'items.#(name=="none")', 'items.#.missing', '{token,pi}', '[token,pi]', '..0', 'items.#(id>1)#|#', 'user.@keys', 'user.@values',
  ];
  for (const selector of selectors) {
    attempt(selector, () => res.json(selector));
  }
  console.log(typeof res.json('missing'), res.json() === res.json(), res.json().items.length);
  const broken = http.get(__ENV.URL + '/broken-json');
  attempt('broken', () => broken.json());
  attempt('broken selector', () => broken.json('a'));
  attempt('text', () => http.get(__ENV.URL + '/').json());
  attempt('empty', () => http.get(__ENV.URL + '/status/204').json());
  attempt('null body', () => http.get(__ENV.URL + '/json', { responseType: 'none' }).json());
  attempt('null body selector', () => http.get(__ENV.URL + '/json', { responseType: 'none' }).json('a'));
}
