// SPDX-License-Identifier: Apache-2.0
// run:
// run: -e OPTIONS=1
export const options = __ENV.OPTIONS ? { scenarios: { a: { executor: 'shared-iterations', exec: 'missing' } } } : {};
export const other = 5;
