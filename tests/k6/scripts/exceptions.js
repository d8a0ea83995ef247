// SPDX-License-Identifier: Apache-2.0
// run: -e HOW=throw
// run: -e HOW=string
// run: -e HOW=object
// run: -e HOW=null
// run: -e HOW=undefined-field
// run: -e HOW=not-function
// run: -e HOW=reference
// run: -e HOW=strict
// run: -e HOW=custom
// run: -e HOW=module
// run: -e HOW=fail
// run: -e HOW=rejected
// run: -e HOW=unhandled
// run: -e HOW=async
// run: -e HOW=timer
// run: -e HOW=json
import { fail } from 'k6';
import { deep } from './lib/throws.js';
export const options = { iterations: 1 };
class CustomError extends Error {
  constructor(message) {
    super(message);
    this.name = 'CustomError';
  }
}
function inner(how) {
  switch (how) {
    case 'throw': throw new Error('thrown');
    case 'string': throw 'a string';
    case 'object': throw { code: 5 };
    case 'null': throw null;
    case 'undefined-field': return undefined.field;
    case 'not-function': return (5)();
    case 'reference': return nothingSuch;
    case 'strict': nothingSuch = 5; return;
    case 'custom': throw new CustomError('custom');
    case 'module': return deep();
    case 'fail': return fail('failed');
    case 'rejected': return Promise.reject(new Error('rejected'));
    case 'unhandled': Promise.reject(new Error('unhandled')); return;
    case 'async': return (async () => { await null; throw new Error('async'); })();
    case 'timer': setTimeout(() => { throw new Error('timer'); }, 5); return;
    case 'json': return JSON.parse('{nope');
  }
}
export default function () {
  return inner(__ENV.HOW);
}
