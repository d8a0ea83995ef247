// SPDX-License-Identifier: Apache-2.0
// How the summary writes numbers.
// run: --summary-trend-stats avg,min,med,max,p(90),p(99.99),count
// run: --summary-trend-stats avg,min,med,max --summary-time-unit us
import { Counter, Gauge, Rate, Trend } from 'k6/metrics';
const metrics = [];
const values = [0, 1, 1.5, 0.001234567, 1234567.891, 1e21, 123456789012, 59999.999, 60000, 3600000, 0.00004];
values.forEach((value, i) => {
  metrics.push([new Counter('a_counter_' + i), new Gauge('a_gauge_' + i), new Trend('a_trend_' + i), new Trend('a_time_' + i, true)]);
});
const third = new Rate('a_third');
export const options = { iterations: 1 };
export default function () {
  values.forEach((value, i) => metrics[i].forEach((metric) => metric.add(value)));
  [1, 0, 0].forEach((value) => third.add(value));
}
