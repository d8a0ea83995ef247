// SPDX-License-Identifier: Apache-2.0
let count = 0;
export const next = () => ++count;
