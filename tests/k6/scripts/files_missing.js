// SPDX-License-Identifier: Apache-2.0
// run: --out nonsense=x
// run: --out json=/nonexistent/x.json
// run: --summary-export /nonexistent/x.json
// run: -c /nonexistent/config.json
// run: --tag x
// run: --system-tags status,method
// run: --dns nonsense
export const options = { iterations: 1 };
export default function () {}
