// SPDX-License-Identifier: Apache-2.0
import http from 'k6/http';
import { check } from 'k6';
import { Counter, Gauge, Rate, Trend } from 'k6/metrics';
const counter = new Counter('my_counter');
const gauge = new Gauge('my_gauge');
const rate = new Rate('my_rate');
const trend = new Trend('my_trend');
const unused = new Trend('my_unused');
export const options = {
  iterations: 4,
  thresholds: {
    my_counter: ['count==10', 'count<10', 'rate>0'],
    'my_counter{kind:odd}': ['count===4'],
    my_gauge: ['value!=7', 'value<=4'],
    my_rate: ['rate>=0.5', 'rate<0.2'],
    my_trend: ['avg==25', 'min>0', 'max<=40', 'med<30', 'p(50)<30', 'p(99.9)>39'],
    my_unused: ['avg<1'],
    'my_unused{a:b}': ['p(95)<=0'],
    checks: ['rate==1'],
    'checks{check:odd}': ['rate>0.9'],
    'http_req_duration{status:200}': ['p(95)<5000'],
    'http_req_duration{status:200,method:GET}': [],
    'http_req_failed{name:nothing}': ['rate<0.1'],
    'http_reqs{status:404}': ['count>0', 'count > 100'],
  },
};
export default function () {
  const n = __ITER + 1;
  counter.add(n, { kind: n % 2 ? 'odd' : 'even' });
  gauge.add(n);
  rate.add(n > 2);
  trend.add(n * 10);
  check(n, { odd: (n) => n % 2 === 1 });
  http.get(__ENV.URL + (n > 3 ? '/status/404' : '/'));
}
