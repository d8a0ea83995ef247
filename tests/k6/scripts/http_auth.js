// SPDX-License-Identifier: Apache-2.0
import http from 'k6/http';
export const options = { iterations: 1 };
export default function () {
  const url = __ENV.URL;
  const withUser = url.replace('http://', 'http://user:pass%20word@');
  console.log(http.get(withUser.replace('%20word', '') + '/basic-auth/user/pass').status);
  console.log(http.get(url + '/basic-auth/user/pass').status);
  const echo = http.get(withUser + '/echo');
  console.log(echo.json().headers.Authorization, echo.url, echo.request.url);
  console.log(http.get(url + '/echo', { headers: { Authorization: 'Bearer t' } }).json('headers.Authorization'));
  console.log(http.get(withUser.replace('%20word', '') + '/basic-auth/user/pass', { auth: 'basic' }).status);
}
