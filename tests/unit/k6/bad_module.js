import x from 'k6/foo';
export default function () {}
// error: 107 unknown module: k6/foo
