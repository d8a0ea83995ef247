// SPDX-License-Identifier: Apache-2.0
// run: -v
export const options = { iterations: 1 };
class Point {
  constructor() {
    this.x = 1;
    this.y = 'two';
  }
}
export default function () {
  console.log();
  console.log('');
  console.log('a', 'b', 1, true, null, undefined, NaN, -0, 1e21, 0.1, 1e-7, 10n);
  console.log([], {}, [[]], [{}], { a: {} }, [1, 'two', [3, { four: 4 }]]);
  console.log({ a: 1, 'b-c': 'x', d: null, e: undefined, f: NaN, g: true, 5: 'five' });
  console.log({ quote: 'a "b"', newline: 'a\nb', unicode: 'é✓', tab: '\t' });
  console.log('a "b"\nc\té');
  console.log(() => 1, function named() {}, class A {}, Point, Math.max);
  console.log({ f: () => 1, g() {} });
  console.log(Symbol('s'), { s: Symbol('t') });
  console.log(new Date(0), { d: new Date(0) });
  console.log(/re/g, { r: /x/ });
  console.log(new Map([[1, { a: 2 }], ['k', 'v']]), new Set([1, 'a', {}]), new WeakMap(), new Map(), new Set());
  console.log(new Point(), Object.create(null), Object.create({ inherited: 1 }));
  console.log(new Error('plain').message, String(new TypeError('t')));
  console.log(new Uint8Array([1, 2]), new Float64Array([1.5]), new ArrayBuffer(4), new DataView(new ArrayBuffer(2)), new BigInt64Array(2));
  const circular = { name: 'c', list: [] };
  circular.self = circular;
  circular.list.push(circular);
  console.log(circular);
  console.log({ a: { b: { c: { d: { e: { f: {} } } } } } });
  console.log(new Boolean(true), new Number(5), new String('boxed'), Object(1n));
  console.log([undefined, null, , 4], [1, 2, 3].keys(), 'x'.repeat(20));
  console.log(Promise.resolve(1), new Proxy({ p: 1 }, {}), globalThis === this);
  console.log({ get getter() { return 1; }, set setter(v) {} }, { toJSON() { return 'json'; }, a: 1 });
  console.log('%s is %d', 'x', 5, '%');
  console.log(Array.from({ length: 120 }, (_, i) => i));
  console.log(JSON.parse('{"z":1,"a":{"y":[1.0,2.50]}}'));
  console.debug('debug', 1);
  console.info('info', {});
  console.warn('warn', []);
  console.error('error', null);
  console.log(typeof console.table, typeof console.trace, typeof console.assert, Object.keys(console).sort().join());
}
