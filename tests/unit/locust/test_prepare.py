# SPDX-License-Identifier: Apache-2.0
"""Headers, bodies, cookies and arguments without a server."""
import io
import re
import unittest

from locust._http import requests_api
from locust._http.cookies import (
    CallCookies,
    CookieConflictError,
    cookie_header,
    jar_of,
    received_cookies,
)
from locust._http.headers import Headers, SessionHeaders, joined, merged
from locust._http.multipart import encoded_multipart
from locust._http.prepare import Prepared
from locust._http.transport import proxy_for, timeouts, transport_for


def prepared(method="POST"):
    return Prepared(method, "http://h/", Headers())


class HeadersTest(unittest.TestCase):
    def test_any_case(self):
        headers = Headers({"Content-Type": "a"}, x="1")
        headers["content-type"] = "b"
        self.assertEqual(headers["CONTENT-TYPE"], "b")
        self.assertEqual(list(headers.items()), [("content-type", "b"), ("x", "1")])
        self.assertIn("X", headers)
        self.assertEqual(headers, {"X": "1", "Content-type": "b"})
        self.assertEqual(repr(headers), "{'content-type': 'b', 'x': '1'}")
        self.assertEqual(headers.pop("X"), "1")

    def test_joined(self):
        self.assertEqual(joined([("A", "1"), ("a", "2")])["a"], "1, 2")

    def test_call_wins_in_place(self):
        session = SessionHeaders({"A": "1", "B": "2", "C": None})
        result = merged(session, {"b": "3", "a": None, "D": "4"})
        self.assertEqual(list(result.items()), [("b", "3"), ("D", "4")])

    def test_not_sendable(self):
        for headers in ({"A": 1}, {"A": "x\ny"}, {"A": " x"}, {"": "x"}, {"A:": "x"}):
            with self.subTest(headers=headers), self.assertRaises(requests_api.InvalidHeader):
                merged(SessionHeaders(), headers)

    def test_wire_follows_changes(self):
        session = SessionHeaders({"A": "1"})
        self.assertEqual(session.make_wire(), {"a": ("A", "1")})
        self.assertIs(session._wire, session._wire)
        session["B"] = None
        self.assertIsNone(session._wire)
        session.set_authorization("Basic x")
        self.assertEqual(
            session.make_wire(), {"a": ("A", "1"), "authorization": ("Authorization", "Basic x")}
        )


class Body(unittest.TestCase):
    def check(self, body, headers, **arguments):
        request = prepared()
        request.prepare_body(arguments.get("data"), arguments.get("files"), arguments.get("json"))
        self.assertEqual(request.sent_body(), body)
        self.assertEqual(dict(request.headers), headers)

    def test_json(self):
        typed = {"Content-Length": "8", "Content-Type": "application/json"}
        self.check(b'{"a": 1}', typed, json={"a": 1})
        with self.assertRaises(requests_api.InvalidJSONError):
            prepared().prepare_body(None, None, float("nan"))

    def test_form(self):
        typed = {"Content-Length": "13", "Content-Type": "application/x-www-form-urlencoded"}
        self.check("a=b+c&d=1&d=2", typed, data={"a": "b c", "d": [1, 2]})

    def test_text_has_no_type(self):
        self.check("hé", {"Content-Length": "3"}, data="hé")
        self.check(b"\0", {"Content-Length": "1"}, data=b"\0")
        self.check(None, {"Content-Length": "0"}, data={})

    def test_streams(self):
        self.check(b"data", {"Content-Length": "4"}, data=io.BytesIO(b"data"))
        chunked = {"Transfer-Encoding": "chunked"}
        self.check(b"2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", chunked, data=iter([b"ab", b"", "c"]))
        with self.assertRaises(NotImplementedError):
            prepared().prepare_body(iter([b"a"]), {"f": b"x"})

    def test_get_has_no_length(self):
        request = prepared("GET")
        request.prepare_body(None, None)
        self.assertEqual(dict(request.headers), {})

    def test_multipart(self):
        files = {"f": ("n.txt", "text", "text/plain", {"X": "1"}), "g": b"\0", "h": (None, "v")}
        body, content_type = encoded_multipart(files, {"k": ["1", 2]})
        boundary = re.fullmatch(r"multipart/form-data; boundary=([0-9a-f]{32})", content_type)[1]
        parts = body.decode().replace(boundary, "B").split("--B\r\n")
        name = 'Content-Disposition: form-data; name="'
        self.assertEqual(
            parts,
            [
                "",
                f'{name}k"\r\n\r\n1\r\n',
                f'{name}k"\r\n\r\n2\r\n',
                f'{name}f"; filename="n.txt"\r\nContent-Type: text/plain\r\nX: 1\r\n\r\ntext\r\n',
                f'{name}g"; filename="g"\r\n\r\n\0\r\n',
                f'{name}h"\r\n\r\nv\r\n--B--\r\n',
            ],
        )
        with self.assertRaisesRegex(ValueError, "Data must not be a string."):
            encoded_multipart({"f": b"x"}, "text")


class Cookies(unittest.TestCase):
    def test_mapping(self):
        jar = CallCookies()
        jar.set("a", "1", domain="h.example", path="/x")
        jar["b"] = "2"
        jar.update({"c": "3"})
        self.assertEqual(jar.get_dict(), {"a": "1", "b": "2", "c": "3"})
        self.assertEqual(jar.get_dict(domain="h.example"), {"a": "1"})
        self.assertIn("a", jar)
        self.assertEqual(jar.get("none", "default"), "default")
        with self.assertRaises(KeyError):
            jar["none"]
        jar.set("a", "other", domain="other.example")
        with self.assertRaises(CookieConflictError):
            jar["a"]
        del jar["a"]
        self.assertEqual(jar.keys(), ["b", "c"])

    def test_header(self):
        jar = jar_of({"a": "1"})
        jar.set("b", "2", domain="localhost")
        jar.set("c", "3", domain="other.example")
        self.assertEqual(cookie_header(jar, "http://localhost/"), "a=1; b=2")
        self.assertIsNone(cookie_header(CallCookies(), "http://h/"))

    def test_received(self):
        fields = [("Set-Cookie", "a=b; Path=/"), ("set-cookie", "c=d; HttpOnly"), ("X", "y")]
        jar = received_cookies(fields, "http://127.0.0.1/")
        self.assertEqual(dict(jar), {"a": "b", "c": "d"})


class Arguments(unittest.TestCase):
    def test_timeouts(self):
        for given, expected in (
            (None, (None, None)),
            (2, (2, 2)),
            ((0.5, None), (0.5, None)),
        ):
            with self.subTest(given=given):
                self.assertEqual(timeouts(given), expected)
        for given in (0, -1, "x", True, (1, 2, 3)):
            with self.subTest(given=given), self.assertRaises(ValueError):
                timeouts(given)

    def test_proxy_for(self):
        proxies = {"http": "a", "http://h": "b", "all": "c"}
        self.assertEqual(proxy_for("http://h/", proxies), "b")
        self.assertEqual(proxy_for("http://x/", proxies), "a")
        self.assertEqual(proxy_for("https://x/", proxies), "c")
        self.assertIsNone(proxy_for("http://x/", {}))

    def test_unusable(self):
        for arguments, error in (
            (("https://h/", "/no/such", None, None), OSError),
            (("http://h/", True, "/no/such", None), OSError),
            (("http://h/", True, None, {"http": "socks5://h"}), requests_api.InvalidSchema),
            (("http://h/", True, None, {"http": "http:///"}), requests_api.InvalidProxyURL),
        ):
            with self.subTest(arguments=arguments), self.assertRaises(error):
                transport_for(*arguments)


if __name__ == "__main__":
    unittest.main()
