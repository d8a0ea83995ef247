// SPDX-License-Identifier: Apache-2.0
// one worker
// unordered
import exec, { vu, scenario, instance } from 'k6/execution';
import * as all from 'k6/execution';
export const options = {
  scenarios: {
    first: { executor: 'per-vu-iterations', vus: 2, iterations: 2 },
    second: { executor: 'shared-iterations', vus: 1, iterations: 3, startTime: '500ms', exec: 'second', env: { E: 'v' } },
  },
};
export function setup() {
  for (const what of ['vu.idInTest', 'vu.iterationInInstance', 'scenario.name', 'instance.vusActive']) {
    const [object, name] = what.split('.');
    try {
      console.log('setup', what, exec[object][name]);
    } catch (e) {
      console.log('setup', what, String(e));
    }
  }
}
export default function () {
  console.log('first', vu.idInInstance === vu.idInTest, vu.iterationInInstance, vu.iterationInScenario, scenario.name,
    scenario.executor, typeof scenario.startTime, scenario.progress >= 0, Object.keys(all).sort());
}
export function second() {
  console.log('second', scenario.iterationInTest, scenario.iterationInInstance, vu.iterationInScenario, __ENV.E,
    instance.vusInitialized, instance.iterationsCompleted >= 4, instance.iterationsInterrupted, instance.currentTestRunDuration > 0);
}
