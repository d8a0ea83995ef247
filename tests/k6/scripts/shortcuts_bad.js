// SPDX-License-Identifier: Apache-2.0
// run: --iterations 1 --vus 2
// run: --iterations 3 --stage 1s:1
// run: --duration 1s --stage 1s:1
// run: --duration 0s
// run: --duration -1s
// run: --duration nonsense
// run: --vus 0 --iterations 1
// run: --vus x
// run: --stage 1s
// run: K6_VUS=x
// run: K6_DURATION=5x
// run: --nonsense
export default function () {}
