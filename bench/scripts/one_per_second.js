// SPDX-License-Identifier: Apache-2.0
// A user who asks once a second.
import http from 'k6/http';
import { sleep } from 'k6';

export default function () {
  http.get(`${__ENV.URL}/small`);
  sleep(1);
}
