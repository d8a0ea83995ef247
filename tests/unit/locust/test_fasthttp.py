# SPDX-License-Identifier: Apache-2.0
"""FastHttpUser's client: what it sends, what it follows, what it shows."""
import unittest
from io import BytesIO

from fast_support import Case

from locust.contrib.fasthttp import FastHttpSession, FastHttpUser, Headers, HTTPClientPool
from locust.exception import StopTest

AGENT = {"user-agent", "accept-encoding", "host", "content-length"}


class Sending(Case):
    def echo(self, method="POST", path="/echo", user=None, **kwargs):
        seen = (user or self.user).client.request(method, path, **kwargs).json()
        seen["headers"] = {k: v for k, v in seen["headers"].items() if k not in AGENT}
        return seen

    def test_bodies(self):
        form, text = "application/x-www-form-urlencoded; charset=utf-8", "text/plain; charset=utf-8"
        for name, kwargs, body, kind in (
            ("form", {"data": {"a": "b c", "d": [1], "n": None}}, "a=b+c&d=%5B1%5D&n=None", form),
            ("text", {"data": "a=b"}, "a=b", text),
            ("letters", {"data": "é"}, "Ã©", text),
            ("bytes", {"data": b"\x00"}, "\x00", "application/octet-stream"),
            ("file", {"data": BytesIO(b"abc")}, "abc", "application/octet-stream"),
            ("pieces", {"data": iter([b"a", b"b"])}, "ab", "application/octet-stream"),
            ("nothing", {"data": ""}, "", None),
            ("own type", {"data": "x", "headers": {"CONTENT-type": "a/b"}}, "x", "a/b"),
        ):
            with self.subTest(name):
                seen = self.echo(**kwargs)
                self.assertEqual((seen["body"], seen["headers"].get("content-type")), (body, kind))

    def test_json(self):
        both = {"content-type": "application/json", "accept": "application/json"}
        own = {"content-type": "a/b", "accept": "c/d", "x": "y"}
        text = {"content-type": "text/plain; charset=utf-8"}
        for name, kwargs, body, headers in (
            ("dict", {"json": {"a": "é"}}, '{"a": "\\u00e9"}', both),
            ("empty", {"json": []}, "[]", both),
            ("data wins", {"data": "x", "json": {}}, "x", text),
            ("empty data does not", {"data": {}, "json": {}}, "{}", both),
            ("headers win", {"json": {}, "headers": dict(own)}, "{}", own),
            ("other headers", {"json": {}, "headers": {"x": "y"}}, "{}", {**both, "x": "y"}),
        ):
            with self.subTest(name):
                seen = self.echo(**kwargs)
                self.assertEqual((seen["body"], seen["headers"]), (body, headers))
        self.assertEqual(self.client.post("/echo", None, {"a": 1}).json()["body"], '{"a": 1}')

    def test_urls(self):
        for name, path, target in (
            ("query", "/a?b=c", "/a?b=c"),
            ("space", "/a b?c d=é", "/a%20b?c%20d=%C3%A9"),
            ("escapes stay", "/a%20b?c%2Fd", "/a%20b?c%2Fd"),
            ("lone percent", "/100%?x=%zz", "/100%25?x=%25zz"),
            ("odd letters", '/?[x]{y}|^"<>`', "/?[x]%7By%7D%7C%5E%22%3C%3E%60"),
            ("fragment", "/a?b#c", "/a?b"),
            ("at", "/a@b", "/a@b"),
            ("empty query", "/a?", "/a"),
            ("nothing", "", "/"),
        ):
            with self.subTest(name):
                self.client.get(path)
                self.assertEqual(self.server.targets[-1], target)

    def test_params(self):
        for name, path, params, target in (
            ("dict", "/a", {"a": "b c", "d": ["x", "y"], "e": None}, "/a?a=b+c&d=x&d=y"),
            ("behind a query", "/a?q=1", {"a": 1}, "/a?q=1&a=1"),
            ("text", "/a", "a=b c", "/a?a=b%20c"),
            ("pairs", "/a", [("a", 1), ("b", 2)], "/a?a=1&b=2"),
        ):
            with self.subTest(name):
                self.client.get(path, params=params)
                self.assertEqual(self.server.targets[-1], target)
                self.assertEqual(self.samples[-1]["name"], path)

    def test_unknown_arguments(self):
        with self.assertLogs("locust.contrib.fasthttp", "WARNING") as logs:
            self.assertEqual(self.echo("GET", timeout=5)["target"], "/echo?timeout=5")
            self.assertEqual(self.echo(data={"a": 1}, verify=0)["body"], "a=1&verify=0")
            seen = self.echo(json={}, proxies=1)
        self.assertEqual((seen["target"], seen["body"]), ("/echo", "{}"))
        self.assertEqual(len(logs.output), 3)
        self.assertIn("timeout=; it is sent as a field of the query", logs.output[0])

    def test_files(self):
        seen = self.echo(data={"k": "v"}, files={"f": ("n.txt", b"abc", "text/plain")})
        self.assertRegex(seen["headers"]["content-type"], "multipart/form-data; boundary=")
        part = 'name="f"; filename="n.txt"\r\nContent-Type: text/plain\r\n\r\nabc'
        self.assertIn(part, seen["body"])

    def test_headers(self):
        user = self.make_user(default_headers={"X-D": "1", "X-E": "2"})
        seen = self.echo(user=user, headers={"x-d": "3", "N": None, "L": ["a", "b"]})["headers"]
        self.assertEqual(seen, {"x-d": "3", "x-e": "2", "n": "None", "l": "a, b"})
        headers = self.client.get("/echo", headers={"User-Agent": "me"}).json()["headers"]
        self.assertEqual((headers["user-agent"], headers["accept-encoding"]),
                         ("me", "gzip, deflate, br"))
        self.client.client.default_headers["X-Q"] = "later"
        self.assertEqual(self.echo()["headers"], {"x-q": "later"})

    def test_what_cannot_be_sent_is_raised(self):
        for name, call in (
            ("line break", lambda: self.client.get("/echo", headers={"X": "a\nb"})),
            ("no latin-1", lambda: self.client.get("/echo", headers={"X": "日"})),
            ("method", lambda: self.client.request("BR EW", "/echo")),
            ("port", lambda: self.client.get("http://localhost:99999/")),
        ):
            with self.subTest(name), self.assertRaises(ValueError):
                call()
        self.assertEqual(self.samples, [])

    def test_authorization(self):
        signed = self.make_user(host=self.server.url.replace("//", "//me:se%40c@"))
        basic = {"me:se@c": "Basic bWU6c2VAYw==", "u:p": "Basic dTpw"}
        self.assertEqual(signed.client.base_url, self.server.url)
        for name, user, kwargs, value in (
            ("argument", self.user, {"auth": ("u", "p")}, basic["u:p"]),
            ("bytes in a list", self.user, {"auth": [b"u", b"p"]}, basic["u:p"]),
            ("wins over a header", self.user,
             {"auth": ("u", "p"), "headers": {"authorization": "x"}}, basic["u:p"]),
            ("host", signed, {}, basic["me:se@c"]),
            ("argument over host", signed, {"auth": ("u", "p")}, basic["u:p"]),
            ("host over header", signed, {"headers": {"Authorization": "x"}}, basic["me:se@c"]),
        ):
            with self.subTest(name):
                self.assertEqual(self.echo(user=user, **kwargs)["headers"]["authorization"], value)

    def test_methods(self):
        for method in ("get", "post", "put", "patch", "delete", "options"):
            self.assertEqual(getattr(self.client, method)("/echo").json()["method"], method.upper())
        self.assertEqual(self.client.head("/echo").content, b"")
        self.assertEqual(self.client.request("brew", "/echo").json()["method"], "BREW")
        self.assertEqual(self.samples[-1]["request_type"], "brew")


class Redirects(Case):
    def test_methods(self):
        for status in (301, 302, 303, 307, 308):
            for method in ("GET", "POST", "DELETE", "HEAD"):
                with self.subTest(f"{status} {method}"):
                    self.client.request(method, f"/redirect/{status}?/echo",
                                        data="body" if method == "POST" else None)
                    answer = self.samples[-1]["response"]
                    repeats = status > 303 or method == "HEAD"
                    self.assertEqual(answer.request.method, method if repeats else "GET")
                    self.assertEqual(answer.request.body,
                                     b"body" if repeats and method == "POST" else None)

    def test_headers(self):
        sent = {"Authorization": "x", "Cookie": "a=b", "Content-Type": "t/t", "X": "y"}
        local = self.client.post("/redirect/302?/echo", "z", headers=dict(sent)).json()["headers"]
        self.assertEqual((local.get("authorization"), local["x"]), ("x", "y"))
        self.assertFalse({"cookie", "content-type", "content-length"} & set(local))
        away = f"http://127.0.0.1:{self.server.port}/echo"
        other = self.client.post(f"/redirect/307?{away}", "z", headers=dict(sent)).json()["headers"]
        self.assertEqual((other.get("authorization"), other["content-type"]), (None, "t/t"))

    def test_one_sample(self):
        answer = self.client.get("/redirect/302?/json")
        self.assertEqual((answer.url, len(answer.history)), (self.server.url + "/json", 1))
        sample = self.samples[0]
        self.assertEqual((sample["name"], sample["url"], sample["exception"], len(self.samples)),
                         ("/redirect/302?/json", f"{self.server.url}/redirect/302?/json", None, 1))

    def test_letters_in_the_target(self):
        for location in ("/echo/é", "/echo/%C3%A9"):
            self.client.get(f"/redirect/302?{location}")
            self.assertEqual(self.server.targets[-1], "/echo/%C3%A9")

    def test_where_they_end(self):
        two = "/redirect/302?/redirect/302?/echo"
        answer = self.client.get("/redirect/302?/echo", allow_redirects=False)
        self.assertEqual(answer.status_code, 302)
        self.assertEqual(self.make_user(max_redirects=0).client.get(two).status_code, 302)
        self.assertEqual(self.make_user(max_redirects=2).client.get(two).status_code, 200)
        self.assertEqual(self.client.get("/nowhere").text, "stay")
        self.assertEqual([sample["exception"] for sample in self.samples], [None] * 4)
        for path, text in (
            ("/loop", "'Redirection limit reached (30)')"),
            ("/redirect/302?ftp://q/", '"refusing to follow redirect to \'ftp\' URL")'),
            ("/redirect/302?/status/404", "LocustBadStatusCode(code=404)"),
        ):
            self.client.get(path)
            self.assertTrue(repr(self.samples[-1]["exception"]).endswith(text))


class Responses(Case):
    def test_attributes(self):
        answer = self.client.get("/json")
        self.assertEqual((answer.status_code, answer.ok, answer.status), (200, True, "200"))
        self.assertEqual((answer.json(), answer.error, answer.history), ({"a": [1, 2]}, None, []))
        self.assertEqual((answer.request.method, answer.request.url), ("GET", answer.url))
        self.assertEqual((len(answer), bool(answer)), (13, True))
        self.assertGreater(answer.elapsed.total_seconds(), 0)
        answer.mine = 1
        self.assertIsNone(answer.raise_for_status())
        missing = self.client.get("/status/404")
        self.assertEqual((missing.ok, missing.text), (False, "body"))
        with self.assertRaises(type(missing.error)):
            missing.raise_for_status()

    def test_text(self):
        for path, text, encoding in (
            ("/json", '{"a": [1, 2]}', "utf-8"),
            ("/latin", "é", "ISO-8859-1"),
            ("/utf8", "é", "utf-8"),
            ("/gzip", "packed", "utf-8"),
            ("/deflate", "packed", "utf-8"),
            ("/empty", "", "utf-8"),
            ("/until-close", "all of it", "utf-8"),
        ):
            with self.subTest(path):
                answer = self.client.get(path)
                self.assertEqual((answer.text, answer.encoding), (text, encoding))

    def test_headers(self):
        headers = self.client.get("/twice").headers
        self.assertEqual((headers["X-A"], headers.get("x-b")), (["1", "2"], "3"))

    def test_pieces(self):
        self.assertEqual(list(self.client.iter_lines("/lines")), ["one\r", "two", "", "three"])
        answer = self.client.get("/lines", stream=True)
        self.assertEqual((answer.read(2), answer.readline(), answer.content),
                         (b"on", b"e\r\n", b"two\n\nthree"))
        self.assertEqual(list(self.client.get("/lines", stream=True).iter_content(6)),
                         ["one\r\nt", "wo\n\nth", "ree"])
        self.assertEqual(self.samples[0]["response_length"], 0)
        self.assertEqual(self.client.get("/json", stream=True).json(), {"a": [1, 2]})
        self.assertEqual(self.samples[-1]["response_length"], 13)

    def test_cookies(self):
        self.client.get("/cookies")
        self.assertEqual({cookie.name: cookie.value for cookie in self.client.cookiejar},
                         {"a": "1", "b": "2"})
        self.assertEqual(self.client.get("/echo").json()["headers"]["cookie"], "a=1; b=2")
        self.client.cookiejar.clear()
        answer = self.client.get("/cookie-redirect")
        self.assertEqual(answer.json()["headers"]["cookie"], "c=3")

    def test_cookies_can_be_forbidden(self):
        from http.cookiejar import DefaultCookiePolicy

        self.client.cookiejar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.client.get("/cookies")
        self.assertEqual(len(self.client.cookiejar), 0)
        with self.assertLogs("locust.contrib.fasthttp", "WARNING"):
            self.client.cookiejar.set_policy(DefaultCookiePolicy())


class Samples(Case):
    def test_names(self):
        self.client.get("/json?a=1")
        self.client.get("/json", name="own")
        with self.client.rename_request("block"):
            self.client.get("/json")
            self.client.get("/json", name="own")
        self.client.get(self.server.url + "/json")
        self.assertEqual([sample["name"] for sample in self.samples],
                         ["/json?a=1", "own", "block", "own", self.server.url + "/json"])

    def test_statuses(self):
        for status in (200, 204, 208, 226, 301, 304, 308):
            self.client.get(f"/status/{status}")
            self.assertIsNone(self.samples[-1]["exception"])
        for status in (209, 300, 305, 400, 404, 500, 503):
            self.client.get(f"/status/{status}")
            error = self.samples[-1]["exception"]
            self.assertEqual(repr(error), f"LocustBadStatusCode(code={status})")
            self.assertEqual(str(error), f"URL {self.server.url}/status/{status}: code={status}")

    def test_keywords(self):
        type(self.user).context = lambda self: {"who": "me"}
        answer = self.client.get("/gzip", context={"a": 1})
        sample = self.samples[0]
        self.assertIs(sample["response"], answer)
        self.assertEqual(sample["context"], {"who": "me", "a": 1})
        self.assertEqual((sample["request_type"], sample["response_length"]), ("GET", 6))
        self.assertEqual(sample["url"], self.server.url + "/gzip")
        self.assertIs(type(sample["response_time"]), float)

    def test_recorder_alone(self):
        counted = []
        hook = self.environment.events.request
        hook._handlers.clear()
        hook.recorder = lambda *sample: counted.append(sample)
        self.client.get("/json")
        self.assertEqual(counted[0][:2] + counted[0][3:], ("GET", "/json", 13, None))


class Sessions(Case):
    def test_base_url(self):
        hook = self.environment.events.request
        session = FastHttpSession(None, hook, None)
        self.assertEqual(session.get(self.server.url + "/json").status_code, 200)
        session = FastHttpSession(self.server.url + "/status/", hook, None)
        self.assertEqual(session.get("204").status_code, 204)

    def test_host_is_needed(self):
        with self.assertRaisesRegex(StopTest, "You must specify the base host"):
            self.make_user(host=None)
        self.assertTrue(FastHttpUser.abstract)

    def test_unknown_setting(self):
        with self.assertRaisesRegex(TypeError, "unexpected keyword argument 'bogus'"):
            FastHttpSession("http://x", self.environment.events.request, None, bogus=1)

    def test_pool_settings_take_the_place_of_the_users(self):
        with self.assertLogs("locust.contrib.fasthttp", "WARNING"):
            user = self.make_user(client_pool=HTTPClientPool(concurrency=3, network_timeout=7.0))
        self.assertEqual(user.client.network_timeout, 7.0)
        self.assertEqual(user.client._gate.free, 3)


class HeadersClass(unittest.TestCase):
    def test_views(self):
        headers = Headers([("A", "1")])
        headers.add("a", "2")
        headers["B"] = ["x", "y"]
        self.assertEqual(list(headers), ["a", "b"])
        self.assertEqual(list(headers.items()), [("A", "1"), ("a", "2"), ("B", "x"), ("B", "y")])
        self.assertEqual(list(headers.itermerged()), [("A", "1, 2"), ("B", "x, y")])
        self.assertEqual((len(headers), headers.getlist("a")), (4, ["1", "2"]))
        self.assertEqual(headers.get("c", 4), 4)
        self.assertEqual(headers, Headers({"b": ["x", "y"], "A": ["1", "2"]}))
        self.assertEqual(repr(headers), "Headers({'A': '1, 2', 'B': 'x, y'})")
        self.assertEqual(headers.pop("A"), ["1", "2"])
        self.assertEqual(("a" in headers, headers.pop("a", 0)), (False, 0))
        self.assertEqual(headers.setdefault("C", "3"), "3")
        self.assertEqual(headers.copy().get_all("b"), ["x", "y"])
        with self.assertRaises(KeyError):
            headers["nope"]


if __name__ == "__main__":
    unittest.main()
