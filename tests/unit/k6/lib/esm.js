console.log('lib evaluated');
export function add(a, b) { return a + b; }
export const counter = { n: 0, next() { return ++this.n; } };
export default { name: 'lib' };
