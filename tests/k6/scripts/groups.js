// SPDX-License-Identifier: Apache-2.0
// one worker
// run: --summary-mode full --summary-export export.json
// run: --summary-mode compact
// run: --summary-mode disabled
import { check, group } from 'k6';
export const options = {
  scenarios: {
    one: { executor: 'shared-iterations', vus: 1, iterations: 2 },
    two: { executor: 'per-vu-iterations', vus: 1, iterations: 1, exec: 'two', startTime: '200ms' },
  },
  thresholds: { checks: ['rate>0.99'], 'group_duration{group:::outer}': ['max<10000'] },
};
export default function () {
  check(null, { top: true });
  const value = group('outer', () => {
    check(1, { one: (v) => v === 1, 'one wrong': (v) => v === 2 });
    group('inner', () => check(__ITER, { 'first only': (i) => i === 0 }, { extra: 'tag' }));
    return 'returned';
  });
  check(value, { 'group returns': (v) => v === 'returned' });
}
export function two() {
  group('other', () => check(0, { zero: (v) => v === 0 }));
}
