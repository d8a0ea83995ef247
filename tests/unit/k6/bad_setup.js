export function setup() { throw new Error('in setup'); }
export default function () {}
// error: 107 Error: in setup
