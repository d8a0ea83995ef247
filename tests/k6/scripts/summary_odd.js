// SPDX-License-Identifier: Apache-2.0
// run: -e HOW=throw
// run: -e HOW=nothing
// run: -e HOW=text
// run: -e HOW=folder
// run: -e HOW=buffer
// run: -e HOW=number
// run: -e HOW=empty
// run: -e HOW=async
export const options = { iterations: 1 };
export default function () {}
export function handleSummary(data) {
  switch (__ENV.HOW) {
    case 'throw':
      throw new Error('no summary');
    case 'text':
      return 'just text';
    case 'folder':
      return { 'no/such/folder/file': 'x' };
    case 'buffer':
      return { stdout: new Uint8Array([104, 105, 10]).buffer };
    case 'number':
      return { stdout: 5 };
    case 'empty':
      return {};
    case 'async':
      return Promise.resolve({ stdout: 'later\n' });
  }
}
