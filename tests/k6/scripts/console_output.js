// SPDX-License-Identifier: Apache-2.0
// run: --console-output console.txt
// run: --log-format json
// run: --log-format raw
// run: --log-output stdout
// run: --log-output none
// run: --log-output file=log.txt
// run: -q
// run: --no-color -v
// run: --log-format nonsense
// run: --log-output nonsense
// run: --console-output /nonexistent/file
export const options = { iterations: 1 };
export default function () {
  console.log('a "quoted" word', { a: 1 });
  console.debug('debug');
  console.warn('warning');
}
