// SPDX-License-Identifier: Apache-2.0
// run: --summary-time-unit ms
// run: --summary-time-unit s --summary-trend-stats avg,count
// run: --summary-time-unit hours
// run: --summary-trend-stats nonsense
// run: --summary-trend-stats p(101)
// run: --summary-mode nonsense
import { Trend } from 'k6/metrics';
const trend = new Trend('my_time', true);
const plain = new Trend('my_plain');
export const options = { iterations: 1 };
export default function () {
  for (const value of [0.25, 1500, 61000]) {
    trend.add(value);
    plain.add(value);
  }
}
