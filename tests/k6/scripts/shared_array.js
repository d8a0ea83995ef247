// SPDX-License-Identifier: Apache-2.0
import { SharedArray } from 'k6/data';
export const options = { iterations: 1 };
function attempt(name, fn) {
  try {
    console.log(name, fn());
  } catch (e) {
    console.log(name, 'threw', String(e));
  }
}
let calls = 0;
const list = new SharedArray('list', () => {
  calls++;
  return [{ a: 1, b: [1, 2] }, 'text', null, 5, [1, [2]]];
});
const same = new SharedArray('list', () => [1]);
attempt('no name', () => new SharedArray());
attempt('no function', () => new SharedArray('x'));
attempt('no array', () => new SharedArray('y', () => ({})));
attempt('throws', () => new SharedArray('z', () => { throw new Error('inside'); }));
attempt('async', () => new SharedArray('as', async () => []));
export default function () {
  console.log(list.length, same.length, typeof list, Array.isArray(list), list instanceof Array);
  console.log(JSON.stringify(list), list[0].b[1], list[99], list.at ? 'at' : 'no at');
  for (const item of list) {
    console.log(typeof item, JSON.stringify(item));
  }
  console.log(list.map((x) => typeof x).join(), list.filter((x) => x).length, list.indexOf('text'), Object.keys(list));
  attempt('write', () => { list[0] = 1; return list[0]; });
  attempt('write inside', () => { 'use strict'; list[0].a = 2; return list[0].a; });
  attempt('push', () => list.push(1));
  attempt('length', () => { list.length = 0; return list.length; });
  attempt('in a user', () => new SharedArray('q', () => []));
  console.log(list);
}
