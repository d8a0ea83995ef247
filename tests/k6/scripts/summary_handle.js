// SPDX-License-Identifier: Apache-2.0
// run: --out json=out.samples
import http from 'k6/http';
import { check, group } from 'k6';
import { Gauge, Rate, Trend } from 'k6/metrics';
const trend = new Trend('my_trend');
const rate = new Rate('my_rate');
const gauge = new Gauge('my_gauge');
export const options = {
  iterations: 2,
  thresholds: { my_trend: ['avg<10', 'max<1'], 'http_reqs{status:200}': ['count==2'] },
  summaryTrendStats: ['avg', 'p(99)', 'count'],
};
export function setup() {
  return { given: 'by setup' };
}
export default function () {
  group('g', () => check(http.get(__ENV.URL + '/'), { ok: (r) => r.status === 200, not: (r) => r.status > 200 }));
  trend.add(__ITER + 1);
  rate.add(__ITER);
  gauge.add(__ITER);
}
export function handleSummary(data) {
  return {
    stdout: Object.keys(data).join() + '\n' + Object.keys(data.metrics).sort().join(' ') + '\n',
    stderr: 'to stderr\n',
    'data.json': JSON.stringify(data),
    'folder-less.txt': 'text',
  };
}
