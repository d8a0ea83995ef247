// setup, teardown, handleSummary; each user has its own copy of the data.
// log: setup 0
// log: init done
// log: teardown {"a":1,"list":[1]}
// summary: "stdout":"passed" "file.bin":"a\u0000�z"
import { check } from 'k6';

export const options = { iterations: 2, vus: 1 };
if (__VU > 0) console.log('init done');

export function setup() {
  console.log('setup', __VU);
  return { a: 1, list: [1], gone: undefined };
}

export default function (data) {
  check(data, {
    'data arrives': (d) => d.a === 1 && !('gone' in d),
    'the copy lives as long as its user': (d) => d.list.push(__ITER) === __ITER + 2,
  });
}

export function teardown(data) {
  console.log('teardown', JSON.stringify(data));
}

export function handleSummary(data) {
  return { stdout: data.metrics ? 'passed' : 'failed', 'file.bin': new Uint8Array([97, 0, 255, 122]).buffer };
}
