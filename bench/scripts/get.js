// SPDX-License-Identifier: Apache-2.0
// One bare request, its body thrown away.
import http from 'k6/http';

export const options = { discardResponseBodies: true };

export default function () {
  http.get(__ENV.URL);
}
