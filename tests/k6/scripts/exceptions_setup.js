// SPDX-License-Identifier: Apache-2.0
// run: -e HOW=setup
// run: -e HOW=setup-string
// run: -e HOW=teardown
// run: -e HOW=setup-timeout
// run: -e HOW=teardown-timeout
// run: -e HOW=setup-circular
import { sleep } from 'k6';
export const options = { iterations: 1, setupTimeout: '200ms', teardownTimeout: '200ms' };
export function setup() {
  switch (__ENV.HOW) {
    case 'setup': throw new Error('in setup');
    case 'setup-string': throw 'text in setup';
    case 'setup-timeout': sleep(1); break;
    case 'setup-circular': { const a = {}; a.a = a; return a; }
  }
}
export default function () {
  console.log('default');
}
export function teardown() {
  switch (__ENV.HOW) {
    case 'teardown': throw new Error('in teardown');
    case 'teardown-timeout': sleep(1);
  }
}
