// SPDX-License-Identifier: Apache-2.0
// The script's options are below the environment's, and those below the command line's.
// run:
// run: --iterations 2
// run: K6_ITERATIONS=3
// run: K6_ITERATIONS=3 --iterations 1
// run: --vus 2 --iterations 4
// run: K6_MAX_REDIRECTS=3 --tag a=b --summary-trend-stats avg,max
import exec from 'k6/execution';
export const options = {
  vus: 1,
  iterations: 5,
  tags: { from: 'script' },
  maxRedirects: 2,
  summaryTrendStats: ['avg', 'p(99)'],
  setupTimeout: '10s',
};
export default function () {
  if (exec.scenario.iterationInTest === 0) {
    const o = exec.test.options;
    console.log(JSON.stringify([o.tags, o.maxRedirects, o.summaryTrendStats, o.setupTimeout, o.vus, o.iterations]));
  }
}
