// SPDX-License-Identifier: Apache-2.0
export const options = { iterations: 1 };
export default function () {
  console.log(import.meta.resolve('./x.js').endsWith('/scripts/x.js'));
}
