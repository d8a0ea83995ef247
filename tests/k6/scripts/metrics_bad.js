// SPDX-License-Identifier: Apache-2.0
// one worker
// unordered
import { Counter, Gauge, Rate, Trend } from 'k6/metrics';
const counter = new Counter('my_counter');
export const options = { iterations: 1 };
function attempt(name, fn) {
  try {
    console.log(name, fn());
  } catch (e) {
    console.log(name, 'threw', String(e));
  }
}
attempt('other type', () => new Trend('my_counter'));
attempt('short', () => new Trend('a') && 'made');
attempt('digit', () => new Trend('1abc') && 'made');
attempt('space', () => new Trend('a b') && 'made');
attempt('dash', () => new Trend('a-b') && 'made');
attempt('no name', () => new Trend() && 'made');
attempt('builtin same', () => new Counter('iterations') && 'made');
attempt('builtin other', () => new Rate('iterations') && 'made');
attempt('other unit', () => new Trend('my_time', true) && new Trend('my_time') && 'made');
export default function () {
  attempt('in a user', () => new Gauge('my_gauge'));
  attempt('nan', () => counter.add(NaN));
  attempt('null', () => counter.add(null));
  attempt('text', () => counter.add('text'));
  attempt('digits', () => counter.add('5'));
  attempt('undefined', () => counter.add(undefined));
  attempt('none', () => counter.add());
  attempt('negative', () => counter.add(-1));
  attempt('object', () => counter.add({}));
  attempt('infinite', () => counter.add(Infinity));
  attempt('bool', () => counter.add(true));
  attempt('tags text', () => counter.add(1, 'x'));
  attempt('tags nested', () => counter.add(1, { a: { b: 1 } }));
  attempt('tags null', () => counter.add(1, null));
}
