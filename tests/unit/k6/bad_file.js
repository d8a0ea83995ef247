import x from './nofile.js';
export default function () {}
// error: 107 nofile.js" couldn't be found on local disk
