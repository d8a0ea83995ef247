// SPDX-License-Identifier: Apache-2.0
import { check, group, fail } from 'k6';
export const options = { iterations: 1 };
function attempt(name, fn) {
  try {
    console.log(name, fn());
  } catch (e) {
    console.log(name, 'threw', String(e));
  }
}
export default function () {
  attempt('truthy', () => check(1, { a: 1, b: 'x', c: [], d: {} }));
  attempt('falsy', () => check(1, { e: 0, f: '', g: null, h: undefined, i: NaN }));
  attempt('throws', () => check(1, { j: () => { throw new Error('in check'); } }));
  attempt('nothing', () => check());
  attempt('no sets', () => check(1));
  attempt('null sets', () => check(1, null));
  attempt('empty', () => check(1, {}));
  attempt('colons', () => check(1, { 'a::b': true }));
  attempt('async', () => check(1, { k: async () => true }));
  attempt('empty name', () => check(1, { '': true }));
  attempt('group colons', () => group('a::b', () => 1));
  attempt('group empty', () => group('', () => 1));
  attempt('group none', () => group());
  attempt('group text', () => group('g', 'x'));
  attempt('group async', () => group('g', async () => 1));
  attempt('group throws', () => group('g', () => { throw new Error('in group'); }));
  attempt('fail', () => fail('because'));
  attempt('fail none', () => fail());
  attempt('array', () => check([1], ['x']));
}
