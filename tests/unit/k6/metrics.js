// Custom metrics, shared arrays, what k6/execution knows.
// log: 'NaN' is an invalid value for metric 'my_counter', a number or a boolean value is expected
// log: 'x' is an invalid value for metric 'my_counter', a number or a boolean value is expected
// log: 'null' is an invalid value for metric 'my_counter', a number or a boolean value is expected
// log: [ { a: 1 }, { a: 2 } ]
import { Counter, Gauge, Rate, Trend } from 'k6/metrics';
import { SharedArray } from 'k6/data';
import exec, { vu } from 'k6/execution';
import { check } from 'k6';

export const options = {
  scenarios: {
    main: { executor: 'per-vu-iterations', vus: 2, iterations: 2, exec: 'main', env: { ONE: '1', TEST_NAME: 'mine' }, tags: { st: 'x' } },
  },
  thresholds: { my_counter: ['count>0'] },
};
const thrown = (fn) => { try { fn(); } catch (e) { return String(e); } };
const counter = new Counter('my_counter');
new Gauge('my_gauge');
new Rate('my_rate');
const trend = new Trend('my_trend', true);
const shared = new SharedArray('s', () => [{ a: 1 }, { a: 2 }]);
const init = [
  thrown(() => new Trend('my_counter')),
  thrown(() => new Counter('a b')),
  thrown(() => new SharedArray('', () => [])),
  thrown(() => new SharedArray('t', () => 5)),
  thrown(() => counter.add(1)),
  thrown(() => exec.scenario.name),
];

export function main() {
  check(init, {
    'other type': (i) => i[0].includes('my_counter'),
    'bad name': (i) => i[1].includes('a b'),
    'no name': (i) => i[2].includes('empty name provided'),
    'no array': (i) => i[3].includes('SharedArray'),
    'add in init': (i) => i[4].includes('init context is not supported'),
    'scenario in init': (i) => i[5].includes('is not supported'),
  });
  check(counter, {
    add: (c) => c.add(1) === true && c.add('5') === true && c.add(true, { k: 'v' }) === true,
    name: (c) => c.name === 'my_counter' && JSON.stringify(c) === '{"name":"my_counter"}',
    'bad tag': (c) => thrown(() => c.add(1, { b: {} })).includes("invalid value for metric tag 'b'"),
    trend: () => trend.add(1.5),
  });
  if (__VU === 1 && __ITER === 0) {
    check(counter, { refused: (c) => !c.add(NaN) && !c.add('x') && !c.add(null) });
    console.log(shared);
  }
  check(shared, {
    length: (s) => s.length === 2 && s[1].a === 2 && s[7] === undefined,
    methods: (s) => s.map((x) => x.a).join() === '1,2' && [...s].length === 2,
    json: (s) => JSON.stringify(s) === '[{"a":1},{"a":2}]',
    'loop': (s) => { let n = 0; for (const x of s) n += x.a; return n === 3; },
    frozen: (s) => thrown(() => { s[0].a = 5; }).startsWith('TypeError') && thrown(() => { s[0] = 5; }) === 'TypeError: SharedArray is immutable',
    push: (s) => thrown(() => s.push(1)).includes('immutable'),
  });
  check(exec, {
    scenario: (e) => e.scenario.name === 'main' && e.scenario.executor === 'per-vu-iterations' && e.scenario.progress <= 1,
    'start time': (e) => Math.abs(e.scenario.startTime - Date.now()) < 60000,
    vu: (e) => vu.idInTest === __VU && vu.iterationInInstance === __ITER && vu.iterationInScenario === __ITER,
    instance: (e) => e.instance.vusInitialized === 2 && e.instance.currentTestRunDuration >= 0,
    options: (e) => e.test.options.scenarios.main.vus === 2 && e.test.options.rps === null && Object.isFrozen(e.test.options),
    tags: () => vu.tags.scenario === 'main' && vu.tags.st === 'x' && vu.tags.nope === undefined,
    'tags change': () => { vu.tags.mine = 5; const seen = vu.metrics.tags.mine; delete vu.tags.mine; return seen === '5' && !('mine' in vu.tags); },
    env: () => __ENV.ONE === '1' && __ENV.TEST_NAME === 'mine',
  });
}
