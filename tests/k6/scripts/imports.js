// SPDX-License-Identifier: Apache-2.0
import http, { get } from 'k6/http';
import * as k6 from 'k6';
import k6default from 'k6';
import encoding, { b64encode } from 'k6/encoding';
import Thing, { four, name, text as words } from './lib/esm.js';
import * as esm from './lib/esm.js';
import common from './lib/common.js';
import { other } from './lib/common.js';
import { next } from './lib/counter.js';
import { next as nextAgain } from './lib/../lib/counter.js';
const text = open('./lib/data.txt');
const binary = open('./lib/data.bin', 'b');
const json = JSON.parse(open('lib/data.json'));
export const options = { iterations: 1 };
export default function () {
  console.log(http.get === get, k6.sleep === k6default.sleep, encoding.b64encode === b64encode, Object.keys(k6).sort().join());
  console.log(four(), name, words, new Thing().shown, Thing.made, Object.keys(esm).sort().join());
  console.log(common.name, common.file, other.value, other.fn());
  console.log(next(), nextAgain(), next());
  console.log(text.length, binary instanceof ArrayBuffer, new Uint8Array(binary).join(), json.a[2]);
  console.log(typeof global, typeof globalThis, typeof open, this === undefined);
  console.log(typeof fetch, typeof URL, typeof process, typeof setTimeout, typeof crypto, typeof TextEncoder, typeof Buffer);
  console.log(typeof http.get);
}
