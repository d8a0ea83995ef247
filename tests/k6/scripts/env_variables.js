// SPDX-License-Identifier: Apache-2.0
// run: OUTSIDE=o -e A=1 -e B=two=2 -e EMPTY=
// run: OUTSIDE=o --include-system-env-vars=false -e A=1
// run: A=system -e A=flag
// run: -e A
// run: -e =x
export const options = { iterations: 1 };
export default function () {
  __ENV.ADDED = 'yes';
  console.log(__ENV.A, __ENV.B, __ENV.EMPTY, __ENV.OUTSIDE, __ENV.MISSING, __ENV.ADDED, 'A' in __ENV, typeof __ENV);
}
