function f() { throw new Error('boom'); }
f();
export default function () {}
// error: 107 bad_throw.js:1:31: Error: boom
