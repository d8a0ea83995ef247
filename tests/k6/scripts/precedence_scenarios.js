// SPDX-License-Identifier: Apache-2.0
// Shortcuts of a higher layer wipe the scenarios of the script.
// run:
// run: --iterations 2
// run: K6_DURATION=1s
// run: -c LIB/config.json
// run: -c LIB/config.json --vus 2 --iterations 2
// run: -c missing.json
// run: -c LIB/broken.json
import { sleep } from 'k6';
export const options = {
  scenarios: { only: { executor: 'per-vu-iterations', vus: 1, iterations: 3 } },
};
export default function () {
  sleep(0.1);
}
