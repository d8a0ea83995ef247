import x from 'lodash';
export default function () {}
// error: 107 The moduleSpecifier "lodash"
