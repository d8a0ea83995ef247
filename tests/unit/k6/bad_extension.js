import x from 'k6/x/sql';
export default function () {}
// error: 107 module "k6/x/sql" is a k6 extension
