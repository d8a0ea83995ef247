// SPDX-License-Identifier: Apache-2.0
import http from 'k6/http';
export const options = { iterations: 1 };
export default function () {
  const url = __ENV.URL;
  const res = http.get(url + '/headers');
  console.log(Object.keys(res).sort().join());
  console.log(res.status, res.status_text, res.proto, res.url, res.body, JSON.stringify(res.headers));
  console.log(res.remote_ip, typeof res.remote_port, JSON.stringify(res.cookies), res.tls_version, res.tls_cipher_suite, JSON.stringify(res.ocsp));
  console.log(res.error, res.error_code, Object.keys(res.timings).sort().join(), JSON.stringify(res.request));
  console.log(res.timings.duration > 0, res.timings.looking_up, res.timings.tls_handshaking, res.timings.blocked >= 0);
  console.log(res.html ? 'html' : '', typeof res.json, typeof res.submitForm, typeof res.clickLink);
  const tea = http.get(url + '/teapot');
  console.log(tea.status, tea.status_text, tea.error, tea.error_code, tea.body);
  for (const path of ['/gzip', '/deflate', '/chunked', '/status/204', '/status/304', '/status/500']) {
    const r = http.get(url + path);
    console.log(path, r.status, r.body, r.error, r.error_code, JSON.stringify(r.headers));
  }
  const binary = http.get(url + '/bytes/1', { responseType: 'binary' });
  console.log(binary.body instanceof ArrayBuffer, new Uint8Array(binary.body).join());
  const none = http.get(url + '/', { responseType: 'none' });
  console.log(none.body, none.status);
  const text = http.get(url + '/bytes/1', { responseType: 'text' });
  console.log(text.body.length);
  const post = http.post(url + '/echo', { a: 1 }, { headers: { 'X-Sent': 'yes' }, cookies: { c: 'v' } });
  console.log(JSON.stringify(post.request));
  console.log(http.get(url + '/', { responseType: 'nonsense' }).body);
}
