// SPDX-License-Identifier: Apache-2.0
// run: --vus 2 --iterations 6
// run: --duration 1s --vus 2
// run: --stage 500ms:2,500ms:1 --vus 2
// run: K6_ITERATIONS=3
// run: K6_VUS=2 K6_DURATION=1s
// run: K6_STAGES=1s:1
// run: --iterations 2 --duration 5s
import { sleep } from 'k6';
export default function () {
  sleep(0.31);
}
