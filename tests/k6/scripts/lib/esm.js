// SPDX-License-Identifier: Apache-2.0
import { twice } from './deeper/twice.js';
export const name = 'esm';
export const text = open('./data.txt');
export function four() {
  return twice(2);
}
export default class Thing {
  #hidden = 1;
  static made = 0;
  get shown() {
    return this.#hidden;
  }
}
