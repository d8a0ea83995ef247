# SPDX-License-Identifier: Apache-2.0
"""HttpSession on the engine: what a server receives, and what the statistics get."""
import unittest

import locust  # patches the standard library first
from locust import clients, event
from locust._generator import lost
from locust.exception import LocustError, ResponseError, StopUser

import requests
from origin import Origin

DEFAULTS = {"User-Agent", "Accept-Encoding", "Accept", "Connection"}


class Visitor:
    def context(self):
        return {"who": "visitor"}


class ClientTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.origin = Origin()

    @classmethod
    def tearDownClass(cls):
        cls.origin.stop()

    def setUp(self):
        self.samples = []
        self.hook = event.RequestEvent()
        self.hook.recorder = lambda *sample: self.samples.append(sample)
        self.client = clients.HttpSession(self.origin.url, self.hook, Visitor())
        self.origin.received.clear()

    def sent(self, at=-1):
        """(first line, headers without the defaults, body) of what came in."""
        head, _, body = self.origin.received[at].partition(b"\r\n\r\n")
        first, _, *lines = head.decode("latin-1").split("\r\n")
        headers = [tuple(line.split(": ", 1)) for line in lines]
        own = [pair for pair in headers if pair[0] not in DEFAULTS]
        return first.removesuffix(" HTTP/1.1"), own, body

    def exceptions(self):
        return [repr(sample[4]) for sample in self.samples]


class Requests(ClientTest):
    def test_default_headers(self):
        self.client.get("/x")
        expected = requests.utils.default_headers()
        lines = self.origin.received[0].decode().split("\r\n")[2:-2]
        self.assertEqual(lines, [f"{name}: {value}" for name, value in expected.items()])

    def test_what_is_sent(self):
        form, json = "application/x-www-form-urlencoded", "application/json"
        length, of_type = "Content-Length", "Content-Type"
        for call, expected in (
            (lambda c: c.get("/a b?q=é"), ("GET /a%20b?q=%C3%A9", [], b"")),
            (lambda c: c.get("/x", params={"a": 1}), ("GET /x?a=1", [], b"")),
            (lambda c: c.get("/x", headers={"B": "1"}), ("GET /x", [("B", "1")], b"")),
            (lambda c: c.post("/x"), ("POST /x", [(length, "0")], b"")),
            (lambda c: c.post("/x", "té"), ("POST /x", [(length, "3")], "té".encode())),
            (
                lambda c: c.post("/x", {"a": "b c"}, headers={"B": "1"}),
                ("POST /x", [("B", "1"), (length, "5"), (of_type, form)], b"a=b+c"),
            ),
            (
                lambda c: c.post("/x", None, [1]),
                ("POST /x", [(length, "3"), (of_type, json)], b"[1]"),
            ),
            (
                lambda c: c.put("/x", json={}, headers={"content-type": "a/b"}),
                ("PUT /x", [("content-type", "a/b"), (length, "2")], b"{}"),
            ),
            (lambda c: c.patch("/x", b"a"), ("PATCH /x", [(length, "1")], b"a")),
            (lambda c: c.delete("/x"), ("DELETE /x", [(length, "0")], b"")),
            (
                lambda c: c.delete("/x", headers={"B": "1"}),
                ("DELETE /x", [("B", "1"), (length, "0")], b""),
            ),
            (lambda c: c.head("/x"), ("HEAD /x", [], b"")),
            (
                lambda c: c.get("/x?b=2", params={"a": "ü"}, timeout=3, verify=False),
                ("GET /x?b=2&a=%C3%BC", [], b""),
            ),
            (
                lambda c: c.get("/x", headers=requests.structures.CaseInsensitiveDict(B="1")),
                ("GET /x", [("B", "1")], b""),
            ),
            (lambda c: c.options("/x"), ("OPTIONS /x", [(length, "0")], b"")),
            (lambda c: c.request("propfind", "/x"), ("PROPFIND /x", [(length, "0")], b"")),
            (
                lambda c: c.get("/x", auth=("u", "p")),
                ("GET /x", [("Authorization", "Basic dTpw")], b""),
            ),
            (
                lambda c: c.get("/x", cookies={"a": "b"}),
                ("GET /x", [("Cookie", "a=b")], b""),
            ),
            (
                lambda c: c.post("/x", data=iter([b"ab"])),
                ("POST /x", [("Transfer-Encoding", "chunked")], b"2\r\nab\r\n0\r\n\r\n"),
            ),
        ):
            call(self.client)
            with self.subTest(expected=expected):
                self.assertEqual(self.sent(), expected)

    def test_session_attributes(self):
        self.client.headers.update({"X-S": "1", "Accept": None})
        self.client.auth = ("u", "p")
        self.client.get("/x")
        expected = [("X-S", "1"), ("Authorization", "Basic dTpw")]
        self.assertEqual(self.sent(), ("GET /x", expected, b""))
        self.assertNotIn(b"Accept: ", self.origin.received[-1])
        self.client.auth = None
        self.client.params = {"k": "v"}
        self.client.headers = {"Only": "1"}
        self.client.get("/x?a=1")
        self.assertEqual(self.sent(), ("GET /x?a=1&k=v", [("Only", "1")], b""))

    def test_credentials_in_the_host(self):
        url = self.origin.url.replace("http://", "http://me:pw@")
        client = clients.HttpSession(url, self.hook, Visitor())
        client.get("/x")
        self.assertEqual(self.sent()[1], [("Authorization", "Basic bWU6cHc=")])
        self.assertEqual(client.base_url, self.origin.url)

    def test_cookies(self):
        self.client.cookies.set("own", "1")
        self.client.get("/cookie")
        self.assertEqual(dict(self.client.cookies), {"own": "1", "a": "b", "c": "d"})
        self.client.get("/x")
        self.assertEqual(self.sent()[1][0][0], "Cookie")
        self.assertEqual(
            sorted(self.sent()[1][0][1].split("; ")), ["a=b", "c=d", "own=1"]
        )
        self.client.post("/x", json=1, headers={"B": "1"})
        names = [name for name, _ in self.sent()[1]]
        self.assertEqual(names, ["B", "Cookie", "Content-Length", "Content-Type"])
        del self.client.cookies["a"]
        self.client.cookies.set("own", None)
        self.assertEqual(self.client.cookies.get_dict(), {"c": "d"})
        self.client.cookies.clear()
        self.client.get("/x")
        self.assertEqual(self.sent()[1], [])

    def test_digest(self):
        answer = self.client.get("/private", auth=requests.auth.HTTPDigestAuth("u", "p"))
        self.assertEqual(answer.status_code, 200)
        self.assertEqual([hop.status_code for hop in answer.history], [401])
        self.assertEqual(len(self.samples), 1)

    def test_custom_authentication(self):
        def sign(request):
            request.headers["X-Sign"] = f"{request.method} {request.path_url} {len(request.body)}"
            return request

        self.client.post("/x", data="abc", auth=sign)
        self.assertIn(("X-Sign", "POST /x 3"), self.sent()[1])

    def test_hooks(self):
        seen = []
        self.client.hooks["response"].append(lambda answer, **_: seen.append(answer.status_code))
        self.client.get("/to?302,/x")
        self.assertEqual(seen, [302, 200])

    def test_send_is_not_reported(self):
        request = requests.Request("POST", self.origin.url + "/x", json=[1])
        for prepared in (self.client.prepare_request(request), request.prepare()):
            self.assertEqual(self.client.send(prepared).status_code, 200)
            self.assertEqual(self.sent()[2], b"[1]")
        self.assertEqual(self.samples, [])

    def test_mount_is_told(self):
        with self.assertLogs("locust.clients", "WARNING") as logs:
            self.client.mount("http://", requests.adapters.HTTPAdapter())
        self.assertIn("mount('http://', HTTPAdapter)", logs.output[0])


    def test_subclass_sees_every_call(self):
        seen = []

        class Mine(clients.HttpSession):
            def request(self, method, url, *arguments, **keywords):
                seen.append((method, url))
                return super().request(method, url, *arguments, **keywords)

        client = Mine(self.origin.url, self.hook, Visitor())
        client.get("/x")
        client.post("/y", {"a": 1}, name="N")
        client.head("/to?302,/x")
        self.assertEqual(seen, [("GET", "/x"), ("POST", "/y"), ("HEAD", "/to?302,/x")])
        self.assertEqual(self.sent(1)[2], b"a=1")
        self.assertEqual(len(self.origin.received), 3)
        self.assertIsInstance(client, requests.Session)
        self.assertIsInstance(client.get("/x"), requests.Response)


class Redirects(ClientTest):
    def test_methods(self):
        for code, method, expected in (
            (301, "POST", "GET"),
            (301, "PUT", "PUT"),
            (302, "PUT", "GET"),
            (303, "DELETE", "GET"),
            (307, "POST", "POST"),
            (308, "POST", "POST"),
        ):
            self.client.request(method, f"/to?{code},/end", data="b", headers={"Content-Type": "t"})
            first, headers, body = self.sent()
            with self.subTest(code=code, method=method):
                self.assertEqual(first, f"{expected} /end")
                self.assertEqual(body, b"b" if code > 303 else b"")
                self.assertEqual(("Content-Type", "t") in headers, code > 303)

    def test_sample_is_the_chain(self):
        answer = self.client.get("/to?302,/to?301,/end")
        self.assertEqual([hop.status_code for hop in answer.history], [302, 301])
        self.assertEqual(answer.url, self.origin.url + "/end")
        (sample,) = self.samples
        self.assertEqual(sample[:2], ("GET", "/to?302,/to?301,/end"))
        self.assertGreater(sample[2], answer.elapsed_ms)
        self.assertEqual(sample[3:], (5, None))

    def test_authorization_stays_at_home(self):
        other = self.origin.url.replace("127.0.0.1", "localhost")
        self.client.get(f"/to?302,{other}/end", headers={"Authorization": "s", "X": "1"})
        self.assertEqual(self.sent(0)[1], [("Authorization", "s"), ("X", "1")])
        self.assertEqual(self.sent()[1], [("X", "1")])

    def test_not_followed(self):
        self.assertEqual(self.client.head("/to?302,/x").status_code, 302)
        answer = self.client.get("/to?302,/x?y", allow_redirects=False)
        self.assertTrue(answer.is_redirect)
        self.assertEqual(answer.next.url, self.origin.url + "/x?y")
        self.assertEqual(self.exceptions(), ["None", "None"])

    def test_too_many(self):
        answer = self.client.get("/loop")
        self.assertIsInstance(answer.error, requests.exceptions.TooManyRedirects)
        self.assertEqual(self.exceptions(), ["TooManyRedirects('Exceeded 30 redirects.')"])
        self.assertEqual(len(self.origin.received), 31)


class Failures(ClientTest):
    def test_texts(self):
        host, port = "127.0.0.1", self.origin.url.rpartition(":")[2]
        pool = f"HTTPConnectionPool(host='{host}', port={port})"
        slow = f'ReadTimeout(ReadTimeoutError("{pool}: Read timed out. (read timeout=0.05)"))'
        error = requests.exceptions
        undecodable = "ContentDecodingError(DecodeError('Received response with content-encoding: g"
        for url, keywords, expected_type, expected in (
            ("http://127.0.0.1:1/", {}, error.ConnectionError, "ConnectionRefusedError(111, "),
            ("/reset", {}, error.ConnectionError, "ConnectionResetError(104, "),
            ("/close", {}, error.ConnectionError, "RemoteDisconnected('Remote end closed "),
            ("/slow", {"timeout": 0.05}, error.ReadTimeout, slow),
            (
                "/short",
                {},
                error.ChunkedEncodingError,
                "ChunkedEncodingError(ProtocolError('Connection broken: IncompleteRead(3 bytes"
                " read, 97 more expected)', IncompleteRead(3 bytes read, 97 more expected)))",
            ),
            ("/bad-gzip", {}, error.ContentDecodingError, undecodable),
            ("/garbage", {}, error.ConnectionError, "BadStatusLine("),
            ("/x", {"headers": {"A": 1}}, error.InvalidHeader, 'InvalidHeader("Header part (1) '),
        ):
            answer = self.client.get(url, **keywords)
            with self.subTest(url=url):
                self.assertEqual(answer.status_code, 0)
                self.assertEqual(type(answer.error), expected_type)
                self.assertTrue(self.exceptions()[-1].startswith(expected), self.exceptions()[-1])
                self.assertEqual(answer.text, "")
                with self.assertRaises(expected_type):
                    answer.raise_for_status()

    def test_statuses(self):
        answer = self.client.get("/status?404 NOT FOUND", name="N")
        self.assertFalse(answer)
        self.assertEqual(answer.reason, "NOT FOUND")
        self.client.get("/status?500 Oops")
        self.assertEqual(
            self.exceptions(),
            [
                "HTTPError('404 Client Error: NOT FOUND for url: N')",
                "HTTPError('500 Server Error: Oops for url: /status?500%20Oops')",
            ],
        )

    def test_unusable_raises(self):
        for base, url, error in (
            ("", "/x", requests.exceptions.MissingSchema),
            (self.origin.url, "http:///x", requests.exceptions.InvalidURL),
            ("ftp://h", "/x", requests.exceptions.InvalidSchema),
        ):
            client = clients.HttpSession(base, self.hook, Visitor())
            with self.subTest(base=base, url=url), self.assertRaises(error) as caught:
                client.get(url)
            self.assertIsNone(caught.exception.__context__)
        with self.assertRaises(TypeError):
            self.client.get("/x", nonsense=1)
        self.assertEqual(self.samples, [])


class Responses(ClientTest):
    def test_parts(self):
        answer = self.client.get("/json")
        self.assertEqual(answer.json(), {"a": [1, "é"]})
        self.assertEqual(answer.encoding, "utf-8")
        self.assertEqual(answer.headers["content-TYPE"], "application/json")
        self.assertEqual(answer.content, b'{"a": [1, "\xc3\xa9"]}')
        self.assertGreater(answer.elapsed.total_seconds(), 0)
        self.assertEqual(repr(answer), "<Response [200]>")
        self.assertEqual(answer.request.method, "GET")
        self.assertEqual(answer.request.path_url, "/json")
        self.assertIsNone(answer.error)
        self.assertEqual(answer.request_meta["name"], "/json")

    def test_text(self):
        answer = self.client.get("/x")
        self.assertEqual((answer.text, answer.encoding), ("hello", "ISO-8859-1"))
        answer.encoding = "utf-16"
        self.assertNotEqual(answer.text, "hello")
        with self.assertRaises(requests.exceptions.JSONDecodeError):
            self.client.get("/x").json()
        self.assertEqual(self.client.get("/cookie").cookies.get_dict(), {"a": "b", "c": "d"})

    def test_iteration(self):
        answer = self.client.get("/x")
        self.assertEqual(list(answer.iter_content(2)), [b"he", b"ll", b"o"])
        self.assertEqual(list(answer.iter_lines(decode_unicode=True)), ["hello"])

    def test_stream(self):
        answer = self.client.get("/x", stream=True)
        self.assertEqual(list(answer.iter_content(4)), [b"hell", b"o"])
        answer = self.client.get("/chunks", stream=True)
        self.assertEqual(b"".join(answer.iter_content(None)), b"abcde")
        answer = self.client.get("/short", stream=True)
        with self.assertRaises(requests.exceptions.ChunkedEncodingError):
            answer.content
        self.assertEqual([sample[3] for sample in self.samples], [5, 0, 100])

    def test_not_catching(self):
        answer = self.client.get("/x")
        for judge in (answer.success, lambda: answer.failure("x")):
            with self.assertRaisesRegex(LocustError, "catch_response=True"):
                judge()
        with self.assertRaisesRegex(LocustError, "catch_response=True"), answer:
            pass


class Names(ClientTest):
    def test_names(self):
        self.client.get("/x?a=1#b")
        self.client.get("/x", name="N")
        with self.client.rename_request("R"):
            self.client.get("/x")
            self.client.get("/x", name="N")
        self.client.get("/x", name="")
        self.client.request("get", "/x", "P")
        self.assertEqual(
            [sample[:2] for sample in self.samples],
            [("GET", name) for name in ("/x?a=1", "N", "R", "N", "/x")] + [("get", "P")],
        )

    def test_listeners(self):
        seen = []
        self.hook.add_listener(lambda **sample: seen.append(sample))
        answer = self.client.get("/to?302,/x", context={"a": 1})
        (sample,) = seen
        self.assertGreater(sample.pop("response_time"), 0)
        self.assertGreater(sample.pop("start_time"), 0)
        self.assertEqual(
            sample,
            {
                "request_type": "GET",
                "name": "/to?302,/x",
                "response_length": 5,
                "response": answer,
                "context": {"who": "visitor", "a": 1},
                "exception": None,
                "url": self.origin.url + "/to?302,/x",
            },
        )
        self.assertEqual(len(self.samples), 1)


class CatchResponse(ClientTest):
    def run_block(self, block, url="/x"):
        with self.client.get(url, catch_response=True) as answer:
            block(answer)

    def test_judgements(self):
        def both(first, second):
            return lambda answer: (first(answer), second(answer))

        def success(answer):
            answer.success()

        def failure(answer):
            answer.failure("bad")

        not_found = "/status?404 N"
        error = "HTTPError('404 Client Error: N for url: /status?404%20N')"
        for block, url, expected in (
            (lambda answer: None, "/x", "None"),
            (lambda answer: None, not_found, error),
            (success, not_found, "None"),
            (failure, "/x", "CatchResponseError('bad')"),
            (lambda answer: answer.failure(ValueError("v")), "/x", "ValueError('v')"),
            (both(failure, success), "/x", "None"),
            (both(success, failure), "/x", "CatchResponseError('bad')"),
        ):
            self.run_block(block, url)
            self.assertEqual(self.exceptions()[-1], expected)

    def test_raised(self):
        def throw(error):
            raise error

        self.run_block(lambda answer: throw(ResponseError("re")))
        self.assertEqual(self.exceptions(), ["ResponseError('re')"])
        with self.assertRaises(ValueError):
            self.run_block(lambda answer: (answer.failure("marked"), throw(ValueError())))
        self.assertEqual(self.exceptions()[1:], ["CatchResponseError('marked')"])
        self.assertEqual(len(self.samples), 2)

    def test_lost_samples_are_told(self):
        def stop(answer):
            raise StopUser()

        before = lost.count
        with self.assertLogs("locust.clients", "WARNING") as logs:
            with self.assertRaises(StopUser):
                self.run_block(stop, "/lost?1")
            self.client.get("/lost?2", catch_response=True)
            self.client.get("/lost?2", catch_response=True)
        self.assertEqual(lost.count - before, 3)
        self.assertEqual(len(logs.output), 2)
        self.assertIn("GET /lost?1 is missing", logs.output[0])
        self.assertEqual(self.samples, [])

    def test_without_block(self):
        answer = self.client.get("/x", catch_response=True)
        with self.assertRaisesRegex(LocustError, "Make sure you use a with-block"):
            answer.success()
        with answer:
            pass

    def test_meta_can_be_changed(self):
        self.hook.add_listener(lambda name, context, **_: self.samples.append((name, context)))
        with self.client.get("/x", catch_response=True) as answer:
            answer.request_meta["name"] = "changed"
            answer.request_meta["context"]["a"] = 1
        self.assertEqual(self.samples[-1], ("changed", {"who": "visitor", "a": 1}))


if __name__ == "__main__":
    unittest.main()
