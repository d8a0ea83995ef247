// Values as k6 prints them.
// log: a 1 b
// log: { a: "x", b: [ 1, "2", null, null ], c: [object Function], d: "1970-01-01T00:00:00.000Z", e: Error: q, f: Uint8Array(2) [ 1, 2 ], g: {}, h: true, a-b: 1.5 }
// log: undefined null [] [ null, null, 1 ] Error: top "1970-01-01T00:00:00.000Z" x 10 0 NaN [object Function]
// log: ArrayBuffer { [Uint8Contents]: <00 01 02>, byteLength: 3 } Float32Array(0) [] {} [object Function] [ [ 1, [ 2 ] ] ] { x: 1 }
// log: w
// log: e
// log: i
// log: { n: { o: [Circular] } }
// log: { 0: "s" } {} {} {} {} {}
// log: %s x y
// log: object undefined undefined
export default function () {
  console.log('a', 1, 'b');
  console.log({ a: 'x', b: [1, '2', null, undefined], c: () => 1, d: new Date(0), e: new Error('q'), f: new Uint8Array([1, 2]), g: new Map(), h: true, 'a-b': 1.5 });
  console.log(undefined, null, [], [undefined, , 1], new Error('top'), new Date(0), Symbol('x'), 10n, -0, NaN, function foo() {});
  console.log(new Uint8Array([0, 1, 2]).buffer, new Float32Array(0), {}, class A {}, [[1, [2]]], new (class B { constructor() { this.x = 1; } })());
  console.warn('w'); console.error('e'); console.debug('d'); console.info('i');
  const o = { n: {} };
  o.n.o = o;
  console.log(o);
  console.log(new String('s'), new Number(5), Object(true), /re/g, new Set([1]), Promise.resolve(1));
  console.log('%s x', 'y');
  console.log(typeof globalThis, typeof URL, typeof performance);
}
