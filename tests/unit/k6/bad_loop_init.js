const f = () => f();
f();
export default function () {}
// error: 107 stack overflow
