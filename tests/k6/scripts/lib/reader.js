// SPDX-License-Identifier: Apache-2.0
export function read(path) {
  return open(path);
}
export const text = read('./data.txt');
