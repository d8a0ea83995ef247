import x from 'https://jslib.k6.io/x.js';
export default function () {}
// error: 107 remote import "https://jslib.k6.io/x.js"
