// SPDX-License-Identifier: Apache-2.0
// run: -e MESSAGE=reason
// run:
// run: -e THRESHOLD=1
import exec from 'k6/execution';
export const options = { iterations: 2, thresholds: __ENV.THRESHOLD ? { iterations: ['count<1'] } : {} };
export default function () {
  __ENV.MESSAGE ? exec.test.fail(__ENV.MESSAGE) : exec.test.fail();
  console.log('goes on');
}
