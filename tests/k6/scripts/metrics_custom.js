// SPDX-License-Identifier: Apache-2.0
// run: --out json=out.samples --summary-export export.json
import { Counter, Gauge, Rate, Trend } from 'k6/metrics';
const counter = new Counter('my_counter');
const gauge = new Gauge('my_gauge');
const rate = new Rate('my_rate');
const trend = new Trend('my_trend');
const time = new Trend('my_time', true);
const again = new Counter('my_counter');
export const options = { iterations: 3, tags: { run: 'tag' }, thresholds: { 'my_counter{a:b}': ['count>0'] } };
export default function () {
  counter.add(2.5);
  counter.add(1, { a: 'b' });
  again.add(1, { n: 1, yes: true });
  gauge.add(__ITER * 3 - 1);
  rate.add(true);
  rate.add(0, { a: 'b' });
  trend.add(__ITER / 4);
  trend.add(-7);
  time.add(1500);
  console.log(counter.name, trend.name);
}
