// SPDX-License-Identifier: Apache-2.0
export const options = { iterations: 1 };
export function setup() {}
export default function (data) {
  console.log(typeof data, data);
}
export function teardown(data) {
  console.log(typeof data, data);
}
