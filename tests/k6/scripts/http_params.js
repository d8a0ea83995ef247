// SPDX-License-Identifier: Apache-2.0
// run: --out json=out.samples
import http from 'k6/http';
export const options = { iterations: 1, thresholds: { 'http_reqs{name:template}': ['count==2'] } };
export default function () {
  const url = __ENV.URL;
  http.get(url + '/?q=1', { tags: { name: 'named', mine: 'x', number: 5 } });
  http.get(http.url`${url}/status/${204}`);
  http.get(url + '/status/404', { responseCallback: http.expectedStatuses(404, { min: 500, max: 599 }) });
  http.get(url + '/status/503', { responseCallback: null });
  http.get(url + '/status/500');
  http.get(url + '/', { tags: { name: 'template' } });
  http.get(url + '/status/201', { tags: { name: 'template', status: 'mine', method: 'mine' } });
  http.get(url.replace('http://', 'http://user:secret@') + '/');
  http.setResponseCallback(http.expectedStatuses(200));
  http.get(url + '/status/301', { redirects: 0 });
  http.setResponseCallback(null);
  http.get(url + '/status/400');
}
