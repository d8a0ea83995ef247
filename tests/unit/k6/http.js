// Requests and responses.
// log: Request Failed
// log: Request Failed
// log: Request Failed
// log: Request Failed
// log: Request Failed
// log: The specified Content-Length header "9" is ignored: *
import http, { get, CookieJar } from 'k6/http';
import * as ns from 'k6/http';
import { check } from 'k6';

const U = 'http://host';
const thrown = (fn) => { try { fn(); } catch (e) { return String(e); } };
const initError = thrown(() => http.get(U));

export default function () {
  const r = get(`${U}/a?b=1`, { headers: { 'X-A': 5, Authorization: 'Bearer x' }, tags: { name: 'N', t: 1 } });
  check(r, {
    'init is refused': () => initError === 'GoError: Making http requests in the init context is not supported',
    'all ways of importing': () => http.get === get && ns.get === get && ns.default === http,
    status: (r) => r.status === 200 && r.status_text === '200 Fine' && r.proto === 'HTTP/1.1',
    timings: (r) => r.timings.duration === 3.5 && r.timings.sending === 1 && r.timings === r.timings,
    headers: (r) => r.headers['Content-Type'] === 'application/json' && r.headers['X-Two'] === '1, 2',
    cookies: (r) => r.cookies.a[0].value === 'b' && r.cookies.a[0].http_only,
    'json is parsed once': (r) => r.json() === r.json(),
    selector: (r) => r.json('method') === 'GET' && r.json('headers.X-A') === '5' && r.json('no') === undefined,
    name: (r) => r.json('name') === 'N',
    keys: (r) => Object.keys(r).join() === 'remote_ip,remote_port,url,status,status_text,proto,headers,cookies,body,timings,tls_version,tls_cipher_suite,ocsp,error,error_code,request',
    'as JSON': (r) => JSON.parse(JSON.stringify(r)).timings.waiting === 2.5,
    spread: (r) => ({ ...r }).status === 200,
    'can be changed': (r) => { r.mark = 1; r.status = 7; return r.mark === 1 && r.status === 7; },
    request: (r) => r.request.method === 'GET' && r.request.url === `${U}/a?b=1` && r.request.body === '',
  });
  const form = http.post(U, { z: 1, a: [1, 'x y'], n: null, b: true });
  check(form, {
    form: (r) => r.json('body') === 'a=1&a=x+y&b=true&n=&z=1',
    'form type': (r) => r.json('headers.Content-Type') === 'application/x-www-form-urlencoded',
    'own type': () => http.put(U, { a: 1 }, { headers: { 'content-type': 'x' } }).body.includes('"x"'),
    text: () => http.patch(U, 'raw ü').json('body') === 'raw ü',
    'sent body': () => http.post(U, 'raw').request.body === 'raw',
    binary: () => http.post(U, new Uint8Array([104, 105]).buffer).json('body') === 'hi',
    'typed array': () => http.post(U, new Uint8Array([104, 105]).subarray(1)).json('body') === 'i',
    multipart: () => /name="f"; filename="f.txt"\r\nContent-Type: text\/plain\r\n\r\ndata\r\n/.test(
      http.post(U, { f: http.file('data', 'f.txt', 'text/plain') }).json('body')),
    verbs: () => ['head', 'get', 'options', 'del'].map((m) => http[m](U).json('method')).join() === 'HEAD,GET,OPTIONS,DELETE',
    'any verb': () => http.request('foo', U).json('method') === 'FOO',
  });
  check(http.get(U, { timeout: '1.5s', redirects: 3, cookies: { c: 'v', d: { value: 'w', replace: true } } }), {
    timeout: (r) => r.json('timeout_ms') === 1500,
    redirects: (r) => r.json('redirects') === 3,
    'cookies of a call': (r) => r.json('cookies.c') === 'v' && r.json('cookies.d') === 'w',
    'number of ms': () => http.get(U, { timeout: 250 }).json('timeout_ms') === 250,
  });
  const id = 5;
  check(http.get(http.url`${U}/users/${id}`), {
    'template url': (r) => r.json('url') === `${U}/users/5`,
    'template name': (r) => r.json('name') === '${}/users/${}',
  });
  check(null, {
    none: () => http.get(U, { responseType: 'none' }).body === null,
    'binary body': () => new Uint8Array(http.get(`${U}/text/abc`, { responseType: 'binary' }).body)[2] === 99,
    'bad json': () => thrown(() => http.get(`${U}/text/{"a":`).json()).startsWith('GoError: cannot parse json due to an error at line 1'),
    'null body': () => thrown(() => http.get(U, { responseType: 'none' }).json()).startsWith("GoError: the body is null"),
    'html is named': () => thrown(() => r.html()).includes('Response.html() is not supported yet'),
    'batch is named': () => thrown(() => http.batch([])).includes('http.batch() is not supported yet'),
    'throw': () => thrown(() => http.get(`${U}/refused`, { throw: true })) === 'GoError: GET "http://host/refused": dial: connection refused',
    unwritten: () => http.expectedStatuses(200, { min: 300, max: 310 }) !== null,
    'wrong callback': () => thrown(() => http.setResponseCallback({})).includes('expectedStatuses'),
  });
  const failed = http.get(`${U}/refused`);
  check(failed, {
    'failed status': (r) => r.status === 0 && r.error_code === 1212 && r.body === null && r.error !== '',
    'no url': () => http.get('no url').error_code === 1020,
    'bad timeout': () => http.get(`${U}/`, { timeout: 'x' }).status === 0,
    'bad body': () => http.post(`${U}/`, [1]).status === 0,
    'bad auth': () => http.get(`${U}/`, { auth: 'digest' }).status === 0,
    'content length': () => http.get(U, { headers: { 'Content-Length': 9 } }).json('headers.Content-Length') === undefined,
  });
  const jar = http.cookieJar();
  const own = new CookieJar();
  check(jar, {
    set: (j) => j.set(U, 'n', 'v', { path: '/q', secure: false }) === true,
    'for url': (j) => JSON.stringify(j.cookiesForURL(`${U}/q`)) === '{"n":["v"]}' && j.cookiesForURL(U).n === undefined,
    'own jar': () => own.set(U, 'm', 'w') && own.cookiesForURL(U).m[0] === 'w' && jar.cookiesForURL(U).m === undefined,
    'name of a method': () => own.set(U, 'toString', 't') && Object.hasOwn(own.cookiesForURL(U), 'toString'),
    'jar of a call': () => http.get(U, { jar: own }).status === 200,
    clear: () => { own.clear(U); return own.cookiesForURL(U).m === undefined; },
  });
}
