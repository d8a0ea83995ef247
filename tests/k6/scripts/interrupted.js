// SPDX-License-Identifier: Apache-2.0
// unordered
// signal: INT 0.7
// run: --summary-export export.json
import { sleep } from 'k6';
export const options = { vus: 2, duration: '20s' };
export default function () {
  sleep(30);
}
export function teardown() {
  console.log('teardown');
}
