// SPDX-License-Identifier: Apache-2.0
import { sleep } from 'k6';
import { Trend } from 'k6/metrics';
const took = new Trend('took');
export const options = { iterations: 1, thresholds: { took: ['min>=0', 'max<300'] } };
export default function () {
  for (const seconds of [0.05, '0.05', 0, -1, null]) {
    const start = Date.now();
    try {
      sleep(seconds);
    } catch (e) {
      console.log(String(e));
    }
    took.add(Math.round((Date.now() - start) / 50));
  }
  try {
    sleep();
  } catch (e) {
    console.log(String(e));
  }
}
