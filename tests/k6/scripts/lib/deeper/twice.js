// SPDX-License-Identifier: Apache-2.0
export function twice(n) {
  return n * 2;
}
