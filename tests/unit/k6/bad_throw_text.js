throw 'text';
export default function () {}
// error: 107 text
