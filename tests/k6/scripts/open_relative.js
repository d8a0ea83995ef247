// SPDX-License-Identifier: Apache-2.0
// open() looks from the file that is being loaded, not from the one in which it is written.
import { read, text } from './lib/reader.js';
export const options = { iterations: 1 };
const mine = read('./lib/data.txt');
const common = require('./lib/common_reader.js');
export default function () {
  console.log(text.length, mine.length, common.text.length, common.viaOther.length);
}
