import { foo } from 'k6';
export default function () {}
// error: 107 foo
