# SPDX-License-Identifier: Apache-2.0
"""Ways to servers: verify, cert and proxies of a session."""
import unittest

import locust  # patches the standard library first
from locust import _engine, _hub, clients, event

import requests
from gevent.server import StreamServer
from origin import Origin


def _refuse(connection, _) -> None:
    with connection:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 407 Who are you\r\n\r\n")


class Visitor:
    def context(self):
        return {}


class TransportTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        _hub.ensure_open()
        cls.proxy = Origin()

    @classmethod
    def tearDownClass(cls):
        cls.proxy.stop()

    def setUp(self):
        self.samples = []
        hook = event.RequestEvent()
        hook.recorder = lambda *sample: self.samples.append(sample)
        self.client = clients.HttpSession("http://app.test", hook, Visitor())
        self.proxy.received.clear()

    def test_what_cannot_be_used(self):
        for arguments, named in (
            ({"ca_file": "/nonexistent.pem"}, "/nonexistent.pem"),
            ({"cert_file": "/nonexistent.pem"}, "/nonexistent.pem"),
            ({"proxy": "socks5://127.0.0.1:1080"}, "proxy"),
        ):
            with self.subTest(arguments), self.assertRaisesRegex(ValueError, named):
                _engine.Transport(**arguments)

    def test_through_a_proxy(self):
        url = self.proxy.url.replace("//", "//us%65r:p@")
        self.client.get("/x", proxies={"http": url})
        head = self.proxy.received[0].decode()
        self.assertTrue(head.startswith("GET http://app.test/x HTTP/1.1\r\nHost: app.test\r\n"))
        self.assertIn("\r\nProxy-Authorization: Basic dXNlcjpw\r\n", head)

    def test_a_proxy_that_refuses(self):
        proxy = StreamServer(("127.0.0.1", 0), _refuse)
        proxy.start()
        self.addCleanup(proxy.stop)
        url = f"http://127.0.0.1:{proxy.server_port}"
        response = self.client.get("https://app.test/", proxies={"https": url})
        self.assertEqual(response.status_code, 0)
        self.assertIsInstance(response.error, requests.exceptions.ProxyError)
        self.assertEqual(
            repr(self.samples[0][4]),
            "OSError('Tunnel connection failed: 407 Proxy Authentication Required')",
        )


if __name__ == "__main__":
    unittest.main()
