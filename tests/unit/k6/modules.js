// Imports in every way, CommonJS in both directions, files.
// log: lib evaluated
// log: lib evaluated
import lib, { add, counter } from './lib/esm.js';
import * as all from './lib/../lib/esm.js';
import cjs, { named } from './lib/cjs.js';
import k6, { check } from 'k6';
import { b64decode, b64encode } from 'k6/encoding';

const required = require('./lib/cjs.js');
const requiredEsm = require('./lib/esm.js');
const text = open('./lib/data.txt');
const bytes = open('lib/data.txt', 'b');
const metrics = require('k6/metrics');
const thrown = (fn) => { try { fn(); } catch (e) { return String(e); } };
const missing = thrown(() => open('nope'));

export default function () {
  check(null, {
    default: () => lib.name === 'lib' && add(1, 2) === 3,
    namespace: () => all.add === add && all.default === lib,
    'one instance': () => counter.next() === 1 && all.counter.next() === 2 && requiredEsm.counter === counter,
    commonjs: () => cjs.named === 5 && named === 5 && required === cjs,
    'require in commonjs': () => cjs.http.get !== undefined && cjs.esm.add(2, 2) === 4,
    builtin: () => k6.check === check && typeof metrics.Counter === 'function',
    text: () => text === 'hällo\n',
    bytes: () => bytes.byteLength === 7 && new Uint8Array(bytes)[0] === 104,
    missing: () => missing.includes('nope'),
    'open later': () => thrown(() => open('lib/data.txt')).includes('only available in the init stage'),
    'require later': () => thrown(() => require('k6')).includes('only available in the init stage'),
    base64: () => b64encode('hällo?>') === 'aMOkbGxvPz4=' && b64encode('hällo?>', 'rawurl') === 'aMOkbGxvPz4' &&
      b64decode('aMOkbGxvPz4=', 'std', 's') === 'hällo?>' && b64decode('AQI=').byteLength === 2,
    'global this': () => global === globalThis,
  });
}
