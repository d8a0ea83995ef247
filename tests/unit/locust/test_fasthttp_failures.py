# SPDX-License-Identifier: Apache-2.0
"""What FastHttpUser's client makes of servers that fail: status 0 and geventhttpclient's texts."""
import unittest
import zlib

import gevent
import gevent.ssl
from fast_support import Case
from gevent.pool import Pool
from raw_server import RawServer, certificate, closed_port, remove, tls_context

from locust.contrib.fasthttp import (
    ErrorResponse,
    HTTPConnectionClosed,
    HTTPParseError,
    LocustBadStatusCode,
    insecure_ssl_context_factory,
)

UNTRUSTED = (r"^\[SSL: CERTIFICATE_VERIFY_FAILED\] certificate verify failed: "
             "self-signed certificate")


class Failures(Case):
    def failure(self, url, user=None, **kwargs):
        """The answer of a request that failed; its sample agrees with it."""
        answer = (user or self.user).client.get(url, **kwargs)
        sample = self.samples[-1]
        self.assertIs(sample["exception"], answer.error)
        self.assertEqual((answer.status_code, answer.text, answer.content, answer.headers),
                         (0, None, None, None))
        self.assertEqual((answer.url, sample["response_length"]), (sample["url"], 0))
        self.assertIsInstance(answer, ErrorResponse)
        return answer.error

    def test_broken_answers(self):
        closed = "HTTPConnectionClosed('connection closed.')"
        for path, text in (
            ("/close", closed),
            ("/reset", closed),
            ("/truncated", "HTTPParseError('Incomplete response.')"),
            ("/garbage", "HTTPParseError('Expected HTTP/, RTSP/ or ICE/', 8)"),
            ("/badheader", "HTTPParseError('Invalid header token', 10)"),
            ("/badlength", "HTTPParseError('Invalid character in Content-Length', 11)"),
            ("/badchunk", "HTTPParseError('Invalid character in chunk size', 12)"),
            ("/badgzip", "error('Error -3 while decompressing data: incorrect header check')"),
        ):
            with self.subTest(path):
                self.assertEqual(repr(self.failure(path)), text)
        self.assertTrue(issubclass(HTTPConnectionClosed, HTTPParseError))

    def test_no_server(self):
        with closed_port() as taken:
            url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
            error = self.failure(url)
            self.assertEqual(repr(error), "ConnectionRefusedError(111, 'Connection refused')")
            self.assertEqual(self.samples[-1]["name"], url)

    def test_no_name(self):
        text = "gaierror(-2, 'Name or service not known')"
        for url in ("http:///x", "/x"):
            user = self.make_user(host="localhost")
            with self.subTest(url):
                self.assertEqual(repr(self.failure(url, user)), text)

    def test_redirect_to_nothing(self):
        error = self.failure("/redirect/302?http://a:99999/")
        self.assertEqual(repr(error), "ValueError('Port out of range 0-65535')")
        self.assertEqual(self.samples[0]["response"].request.url,
                         f"{self.server.url}/redirect/302?http://a:99999/")

    def test_silence(self):
        user = self.make_user(network_timeout=0.05, max_retries=2)
        url = f"{self.server.url}/held"
        error = self.failure("/held", user)
        self.assertEqual(repr(error), f"RetriesExceeded({url!r}, 2, original=timed out)")
        self.assertEqual(str(error), f"URL {url}: 2, original=timed out")
        self.assertEqual(self.server.targets, ["/held"] * 3)

    def test_streams_that_end_early(self):
        answer = self.client.get("/truncated", stream=True)
        self.assertEqual((answer.status_code, answer.error), (200, None))
        with self.assertRaisesRegex(HTTPParseError, "Incomplete response."):
            answer.content
        quick = self.make_user(network_timeout=0.05).client
        with self.assertRaisesRegex(TimeoutError, "timed out"):
            quick.get("/half", stream=True).read()
        with self.assertRaises(zlib.error):
            self.client.get("/badgzip", stream=True).read()

    def test_lines_of_failed_requests(self):
        with self.assertRaises(LocustBadStatusCode):
            list(self.client.iter_lines("/status/404"))
        with self.assertRaises(HTTPConnectionClosed):
            list(self.client.iter_lines("/close"))
        lines = self.client.iter_lines("/lines")
        self.assertEqual(next(lines), "one\r")
        lines.close()

    def test_alarm_of_the_locustfile(self):
        with gevent.Timeout(0.05) as alarm:
            answer = self.client.get("/held")
        self.assertEqual(repr(answer.error), f"RetriesExceeded('{self.server.url}/held', 0, "
                                             f"original={alarm})")
        self.assertEqual((answer.status_code, answer.request.method), (0, "GET"))
        with self.assertRaisesRegex(KeyError, "mine"), gevent.Timeout(0.05, KeyError("mine")):
            self.client.get("/held")
        self.assertEqual(len(self.samples), 1)

    def test_killed_users_report_nothing(self):
        greenlet = gevent.spawn(self.client.get, "/held")
        while not self.server.waiting:
            gevent.sleep(0.001)
        greenlet.kill()
        self.assertIsInstance(greenlet.value, gevent.GreenletExit)
        self.assertEqual(self.samples, [])
        self.assertEqual(self.client._gate.free, 10)


class Concurrency(Case):
    def test_places(self):
        client = self.make_user(concurrency=2).client
        pool = Pool()
        greenlets = [pool.spawn(client.get, "/held") for _ in range(5)]
        while self.server.waiting < 2:
            gevent.sleep(0.001)
        gevent.sleep(0.01)
        self.assertEqual(self.server.waiting, 2)
        greenlets[3].kill()
        self.server.gate.set()
        pool.join()
        self.assertEqual([sample["exception"] for sample in self.samples], [None] * 4)
        self.assertEqual((self.server.waiting, client._gate.free), (4, 2))
        self.assertGreater(self.samples[-1]["response_time"], 10)


class Tls(Case):
    @classmethod
    def setUpClass(cls):
        cls.files = certificate()
        cls.addClassCleanup(remove, cls.files)

    def setUp(self):
        super().setUp()
        self.secure = RawServer(tls_context(self.files))
        self.addCleanup(self.secure.stop)

    def get(self, host="localhost", **attributes):
        answer = self.make_user(**attributes).client.get(f"https://{host}:{self.secure.port}/json")
        return answer.status_code, str(answer.error)

    def trusting(self):
        return gevent.ssl.create_default_context(cafile=self.files[0])

    def test_trust(self):
        ours, blind = staticmethod(self.trusting), staticmethod(insecure_ssl_context_factory)
        for name, host, attributes, status in (
            ("insecure", "127.0.0.1", {}, 200),
            ("insecure factory", "127.0.0.1",
             {"insecure": False, "ssl_context_factory": blind}, 200),
            ("trusted", "localhost", {"insecure": False, "ssl_context_factory": ours}, 200),
            ("factory and insecure", "127.0.0.1", {"ssl_context_factory": ours}, 200),
            ("unknown", "localhost", {"insecure": False}, 0),
            ("other name", "127.0.0.1", {"insecure": False, "ssl_context_factory": ours}, 0),
        ):
            with self.subTest(name):
                self.assertEqual(self.get(host, **attributes)[0], status)

    def test_texts(self):
        place = r" \(_ssl\.c:\d+\)$"
        self.assertRegex(self.get(insecure=False)[1], UNTRUSTED + place)
        self.assertRegex(
            self.get("127.0.0.1", insecure=False,
                     ssl_context_factory=staticmethod(self.trusting))[1],
            "IP address mismatch, certificate is not valid for '127.0.0.1'." + place)
        answer = self.client.get(f"http://localhost:{self.secure.port}/json")
        self.assertEqual(repr(answer.error), "HTTPConnectionClosed('connection closed.')")

    def test_client_certificate(self):
        asked = []

        def factory():
            context = insecure_ssl_context_factory()
            context.load_cert_chain(*self.files)
            asked.append(context)
            return context

        original = gevent.ssl.SSLContext.load_cert_chain
        self.assertEqual(self.get(ssl_context_factory=staticmethod(factory))[0], 200)
        self.assertEqual(len(asked), 1)
        self.assertIs(gevent.ssl.SSLContext.load_cert_chain, original)


class Proxy(Case):
    def test_plain(self):
        user = self.make_user(proxy_host="127.0.0.1", proxy_port=self.server.port)
        answer = user.client.get("http://somewhere.invalid/echo?a")
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(self.server.targets, ["http://somewhere.invalid/echo?a"])


if __name__ == "__main__":
    unittest.main()
