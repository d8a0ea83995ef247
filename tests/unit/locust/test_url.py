# SPDX-License-Identifier: Apache-2.0
"""URLs as requests 2.28 prepared them."""
import unittest

from locust._http import requests_api
from locust._http.url import credentials, path_url, prepared_url

PREPARED = [
    ("http://h", None, "http://h/"),
    ("http://h/", None, "http://h/"),
    ("http://h?a=b", None, "http://h/?a=b"),
    ("HTTP://Host.COM:80/A", None, "http://host.com:80/A"),
    ("http://h/a b", None, "http://h/a%20b"),
    ("http://h/\xe9?q=\xfc", None, "http://h/%C3%A9?q=%C3%BC"),
    ("http://h/a%20b", None, "http://h/a%20b"),
    ("http://h/a%zz", None, "http://h/a%25zz"),
    ("http://h/a%20b%zz", None, "http://h/a%2520b%25zz"),
    ("http://h/%7Euser/%2f%41", None, "http://h/~user/%2FA"),
    ("http://h/a/../b/./c", None, "http://h/b/c"),
    ("http://h/a//b", None, "http://h/a//b"),
    ("http://h/?q=a b&c=[1]", None, "http://h/?q=a%20b&c=%5B1%5D"),
    ('http://h/[x]/{y}|\\^`"<>', None, "http://h/%5Bx%5D/%7By%7D%7C%5C%5E%60%22%3C%3E"),
    ('http://h/?{}|\\^`"<>#fr ag', None, "http://h/?%7B%7D%7C%5C%5E%60%22%3C%3E#fr%20ag"),
    ("http://h/a;b=c,d!$&'()*+:@", None, "http://h/a;b=c,d!$&'()*+:@"),
    ("http://h/x#frag", None, "http://h/x#frag"),
    ("http://h/?", None, "http://h/"),
    ("http://h/#", None, "http://h/"),
    ("http://user:pa ss@h/", None, "http://user:pa%20ss@h/"),
    ("http://\xfcni.de/", None, "http://xn--ni-wka.de/"),
    ("http://[::1]:80/x", None, "http://[::1]:80/x"),
    ("http://127.0.0.1:8080", None, "http://127.0.0.1:8080/"),
    ("  http://h/x", None, "http://h/x"),
    ("http://h/x ", None, "http://h/x%20"),
    ("http://h/x\n", None, "http://h/x%0A"),
    ("http://h/a?b?c=/d", None, "http://h/a?b?c=/d"),
    ("http://h/..", None, "http://h/"),
    ("http://h/a/..", None, "http://h/"),
    ("http://h/./", None, "http://h/"),
    ("http://h/a/b/../../../c", None, "http://h/c"),
    ("http://h/a?x=../y", None, "http://h/a?x=../y"),
    ("http://h:080/", None, "http://h:80/"),
    ("http://h:/x", None, "http://h/x"),
    ("http://h/%", None, "http://h/%25"),
    ("http://h/100%", None, "http://h/100%25"),
    ("http://h/%e9", None, "http://h/%E9"),
    ("http://h/?a=%2B+b", None, "http://h/?a=%2B+b"),
    ("http://h_x/", None, "http://h_x/"),
    ("http://-h/", None, "http://-h/"),
    ("http://h\\x/", None, "http://h/%5Cx/"),
    ("https://H/", None, "https://h/"),
    ("http://h/a%2Fb?x=%7e%25", None, "http://h/a%2Fb?x=~%25"),
    ("http://h/?a=%", None, "http://h/?a=%25"),
    ("http://h/*", None, "http://h/*"),
    ("http://h/~x", None, "http://h/~x"),
    ("http://h/\u200b", None, "http://h/%E2%80%8B"),
    ("http://h/a'b", None, "http://h/a'b"),
    ("http://h/\x01", None, "http://h/%01"),
    ("http://h/x", {"a": "b c"}, "http://h/x?a=b+c"),
    ("http://h/x?z=1#f", {"a": "b c"}, "http://h/x?z=1&a=b+c#f"),
    ("http://h", {"a": "b c"}, "http://h/?a=b+c"),
    ("http://h/x", {"a": ["x", "y"], "b": None, "c": 1}, "http://h/x?a=x&a=y&c=1"),
    ("http://h/x?z=1#f", {"a": ["x", "y"], "b": None, "c": 1}, "http://h/x?z=1&a=x&a=y&c=1#f"),
    ("http://h", {"a": ["x", "y"], "b": None, "c": 1}, "http://h/?a=x&a=y&c=1"),
    ("http://h/x", [("a", "\xfc"), ("a", "b")], "http://h/x?a=%C3%BC&a=b"),
    ("http://h/x?z=1#f", [("a", "\xfc"), ("a", "b")], "http://h/x?z=1&a=%C3%BC&a=b#f"),
    ("http://h", [("a", "\xfc"), ("a", "b")], "http://h/?a=%C3%BC&a=b"),
    ("http://h/x", "raw=1&x y", "http://h/x?raw=1&x%20y"),
    ("http://h/x?z=1#f", "raw=1&x y", "http://h/x?z=1&raw=1&x%20y#f"),
    ("http://h", "raw=1&x y", "http://h/?raw=1&x%20y"),
    ("http://h/x", b"raw", "http://h/x?raw"),
    ("http://h/x?z=1#f", b"raw", "http://h/x?z=1&raw#f"),
    ("http://h", b"raw", "http://h/?raw"),
    ("http://h/x", {"a": ""}, "http://h/x?a="),
    ("http://h/x?z=1#f", {"a": ""}, "http://h/x?z=1&a=#f"),
    ("http://h", {"a": ""}, "http://h/?a="),
    ("http://h/x", {"\xe9": "&="}, "http://h/x?%C3%A9=%26%3D"),
    ("http://h/x?z=1#f", {"\xe9": "&="}, "http://h/x?z=1&%C3%A9=%26%3D#f"),
    ("http://h", {"\xe9": "&="}, "http://h/?%C3%A9=%26%3D"),
    ("http://h/x", {}, "http://h/x"),
    ("http://h/x?z=1#f", {}, "http://h/x?z=1#f"),
    ("http://h", {}, "http://h/"),
    ("http://h/x", {"a": True, "b": 1.5}, "http://h/x?a=True&b=1.5"),
    ("http://h/x?z=1#f", {"a": True, "b": 1.5}, "http://h/x?z=1&a=True&b=1.5#f"),
    ("http://h", {"a": True, "b": 1.5}, "http://h/?a=True&b=1.5"),
    ("http://h/x", {"a": b"by"}, "http://h/x?a=by"),
    ("http://h/x?z=1#f", {"a": b"by"}, "http://h/x?z=1&a=by#f"),
    ("http://h", {"a": b"by"}, "http://h/?a=by"),
    ("http://h/x", {"a": ("t", "u")}, "http://h/x?a=t&a=u"),
    ("http://h/x?z=1#f", {"a": ("t", "u")}, "http://h/x?z=1&a=t&a=u#f"),
    ("http://h", {"a": ("t", "u")}, "http://h/?a=t&a=u"),
    ("http://h/x", {None: 1}, "http://h/x?None=1"),
    ("http://h/x?z=1#f", {None: 1}, "http://h/x?z=1&None=1#f"),
    ("http://h", {None: 1}, "http://h/?None=1"),
    ("http://h/x", {"a": []}, "http://h/x"),
    ("http://h/x?z=1#f", {"a": []}, "http://h/x?z=1#f"),
    ("http://h", {"a": []}, "http://h/"),
]
UNUSABLE = [
    ("http://.h/", requests_api.InvalidURL),
    ("//h/x", requests_api.MissingSchema),
    ("http:/h", requests_api.InvalidURL),
    ("http//h", requests_api.MissingSchema),
    ("/x", requests_api.MissingSchema),
    ("/a?b=c", requests_api.MissingSchema),
]


class Url(unittest.TestCase):
    def test_prepared(self):
        for url, params, expected in PREPARED:
            with self.subTest(url=url, params=params):
                self.assertEqual(prepared_url(url, params), expected)

    def test_unusable(self):
        for url, error in UNUSABLE:
            with self.subTest(url=url), self.assertRaises(error):
                prepared_url(url)

    def test_path_url(self):
        for url, expected in (
            ("http://h/", "/"),
            ("http://h/a?b=c#d", "/a?b=c"),
            ("http://h/?a", "/?a"),
            ("https://u:p@h:1/x", "/x"),
        ):
            with self.subTest(url=url):
                self.assertEqual(path_url(url), expected)

    def test_credentials(self):
        self.assertEqual(credentials("http://u:p%40w@h/"), ("u", "p@w"))
        self.assertIsNone(credentials("http://h/@"))


if __name__ == "__main__":
    unittest.main()
