# SPDX-License-Identifier: Apache-2.0
"""The texts of failures, as Locust 2.12 shows them."""
import unittest

from locust._http import requests_api
from locust._http.failures import failure_of


class Broken:
    """As much of an answer as is looked at."""

    status_code = 0
    got_bytes = 0

    def __init__(self, outcome, url="http://h:81/x", sentence="", headers=()):
        self.outcome = outcome
        self.url = url
        self.sentence = sentence
        self.header_items = list(headers)

    def header(self, name):
        return dict(self.header_items).get(name)


LENGTH = [("content-length", "100")]
GZIP = [("content-encoding", "gzip")]
SECURE = "https://h/x"
PLAIN = (
    (Broken("DIAL_REFUSED"), "ConnectionRefusedError(111, 'Connection refused')"),
    (Broken("DNS_NO_SUCH_HOST"), "gaierror(-2, 'Name or service not known')"),
    (Broken("RESET"), "ConnectionResetError(104, 'Connection reset by peer')"),
    (Broken("DESCRIPTORS"), "OSError(24, 'Too many open files')"),
    (Broken("DIAL_TIMEOUT"), "TimeoutError(110, 'Connection timed out')"),
    (
        Broken("CLOSED"),
        "RemoteDisconnected('Remote end closed connection without response')",
    ),
    (
        Broken("CLOSED", headers=LENGTH),
        "ChunkedEncodingError(ProtocolError('Connection broken: IncompleteRead(0 bytes read, 100"
        " more expected)', IncompleteRead(0 bytes read, 100 more expected)))",
    ),
    (
        Broken("DECOMPRESSION", headers=GZIP),
        "ContentDecodingError(DecodeError('Received response with content-encoding: gzip, but"
        " failed to decode it.', error('Error -3 while decompressing data: incorrect header"
        " check')))",
    ),
    (Broken("GENERIC", sentence="words"), "ConnectionError('words')"),
)
SSL = (
    (Broken("TLS_HEADER", SECURE), r"SSLError\(SSLError\(1, '\[SSL: WRONG_VERSION_NUMBER\] .*\d\)'\)\)"),
    (
        Broken("TLS_UNKNOWN_AUTHORITY", SECURE, "self-signed certificate"),
        r"SSLError\(SSLCertVerificationError\(1, '\[SSL: CERTIFICATE_VERIFY_FAILED\] certificate verify"
        r" failed: self-signed certificate \(_ssl.c:\d+\)'\)\)",
    ),
    (
        Broken("TLS", SECURE, "tlsv13 alert certificate required"),
        r"SSLError\(SSLError\(1, '\[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED\] tlsv13 alert certificate"
        r" required \(_ssl.c:\d+\)'\)\)",
    ),
)


class Failures(unittest.TestCase):
    def test_plain(self):
        for answer, expected in PLAIN:
            with self.subTest(outcome=answer.outcome):
                self.assertEqual(repr(failure_of(answer)[1]), expected)

    def test_tls(self):
        for answer, expected in SSL:
            error, cause = failure_of(answer)
            with self.subTest(outcome=answer.outcome):
                self.assertIsInstance(error, requests_api.SSLError)
                self.assertRegex(repr(cause), expected)

    def test_timeouts(self):
        error, cause = failure_of(Broken("TIMEOUT"), 1, 0.5)
        text = "HTTPConnectionPool(host='h', port=81): Read timed out. (read timeout=0.5)"
        self.assertEqual(repr(cause), f'ReadTimeout(ReadTimeoutError("{text}"))')
        self.assertIs(error, cause)
        error, cause = failure_of(Broken("TIMEOUT", SECURE, headers=LENGTH), 1, 0.5)
        text = "HTTPSConnectionPool(host='h', port=443): Read timed out."
        self.assertEqual(repr(cause), f'ReadTimeoutError("{text}")')
        self.assertIsInstance(error, requests_api.ConnectionError)
        error, cause = failure_of(Broken("DIAL_TIMEOUT"), 1, 0.5)
        self.assertIsInstance(error, requests_api.ConnectTimeout)
        self.assertRegex(
            repr(cause),
            r"ConnectTimeoutError\(<urllib3.connection.HTTPConnection object at 0x[0-9a-f]+>,"
            r" 'Connection to h timed out. \(connect timeout=1\)'\)",
        )

    def test_proxy(self):
        error, cause = failure_of(Broken("DIAL_REFUSED"), proxied=True)
        self.assertIsInstance(error, requests_api.ProxyError)
        self.assertIsInstance(cause, ConnectionRefusedError)


if __name__ == "__main__":
    unittest.main()
