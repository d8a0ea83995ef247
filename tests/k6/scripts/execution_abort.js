// SPDX-License-Identifier: Apache-2.0
// unordered
// run: -e WHERE=vu
// run: -e WHERE=setup
// run: -e WHERE=init
// run: -e WHERE=teardown
// run: -e WHERE=quiet
// run: -e WHERE=caught
import exec from 'k6/execution';
import { sleep } from 'k6';
export const options = { iterations: 3 };
if (__ENV.WHERE === 'init') {
  exec.test.abort('in init');
}
export function setup() {
  if (__ENV.WHERE === 'setup') {
    exec.test.abort('in setup');
  }
}
export default function () {
  if (__ENV.WHERE === 'vu') {
    exec.test.abort('in a user');
  }
  if (__ENV.WHERE === 'quiet') {
    exec.test.abort();
  }
  if (__ENV.WHERE === 'caught') {
    try {
      exec.test.abort('caught');
    } catch (e) {
      console.log('caught', String(e));
    }
  }
}
export function teardown() {
  console.log('teardown');
  if (__ENV.WHERE === 'teardown') {
    exec.test.abort('in teardown');
  }
}
