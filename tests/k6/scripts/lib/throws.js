// SPDX-License-Identifier: Apache-2.0
export function deep() {
  throw new Error('from a module');
}
