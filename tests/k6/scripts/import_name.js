// SPDX-License-Identifier: Apache-2.0
import { nothingSuch } from './lib/esm.js';
export default function () {
  console.log(nothingSuch);
}
