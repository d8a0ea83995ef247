import ws from 'k6/ws';
export default function () {}
// error: 107 module "k6/ws" is not supported yet
