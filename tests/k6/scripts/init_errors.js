// SPDX-License-Identifier: Apache-2.0
// run: -e HOW=throw
// run: -e HOW=string
// run: -e HOW=object
// run: -e HOW=reference
// run: -e HOW=module-throws
// run: -e HOW=require-missing
// run: -e HOW=require-name
// run: -e HOW=require-broken
// run: -e HOW=require-k6
// run: -e HOW=require-x
// run: -e HOW=require-http
// run: -e HOW=open-missing
// run: -e HOW=open-folder
// run: -e HOW=request
// run: -e HOW=sleep
// run: -e HOW=check
// run: -e HOW=group
// run: -e HOW=rejected
import http from 'k6/http';
import { check, group, sleep } from 'k6';
import { deep } from './lib/throws.js';
export const options = { iterations: 1 };
function inner(how) {
  switch (how) {
    case 'throw': throw new Error('thrown in init');
    case 'string': throw 'a string';
    case 'object': throw { code: 5 };
    case 'reference': return nothingSuch.field;
    case 'module-throws': return deep();
    case 'require-missing': return require('./lib/missing.js');
    case 'require-name': return require('lodash');
    case 'require-broken': return require('./lib/broken.js');
    case 'require-k6': return require('k6/nothing');
    case 'require-x': return require('k6/x/sql');
    case 'require-http': return require('http://127.0.0.1/x.js');
    case 'open-missing': return open('./lib/missing.txt');
    case 'open-folder': return open('./lib');
    case 'request': return http.get(__ENV.URL + '/');
    case 'sleep': return sleep(0.01);
    case 'check': return check(1, { a: true });
    case 'group': return group('g', () => 1);
    case 'rejected': Promise.reject(new Error('rejected in init'));
  }
}
inner(__ENV.HOW);
export default function () {}
