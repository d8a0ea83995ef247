# SPDX-License-Identifier: Apache-2.0
"""What requests raises for each way in which an exchange can fail, and what Locust's statistics
show for it: the innermost exception, so that the texts group as they do there.
"""
import http.client
import os
import re
import socket
import ssl
import zlib
from typing import Optional
from urllib.parse import urlsplit

from locust._http import requests_api

Failure = tuple[Exception, Exception]  # what requests raises; what the statistics show


class ProtocolError(Exception):
    pass


class ReadTimeoutError(Exception):
    pass


class ConnectTimeoutError(Exception):
    pass


class DecodeError(Exception):
    pass


class SSLError(Exception):
    """Around what ssl raised, as in urllib3."""


class IncompleteRead(http.client.HTTPException):
    def __init__(self, got: int, missing: Optional[int]):
        more = "" if missing is None else f", {missing} more expected"
        super().__init__(f"{got} bytes read{more}")

    def __repr__(self):
        return f"IncompleteRead({self.args[0]})"

    __str__ = __repr__


class InvalidChunkLength(http.client.HTTPException):
    def __repr__(self):
        return f"InvalidChunkLength({self.args[0]})"

    __str__ = __repr__


class _Connection:
    """Stands for the connection in texts; Locust masks the address when it groups them."""

    def __init__(self, scheme: str):
        kind = "HTTPSConnection" if scheme == "https" else "HTTPConnection"
        self._text = f"<urllib3.connection.{kind} object at {id(self):#x}>"

    def __repr__(self):
        return self._text


def _caused(outer: type, inner: Exception) -> Failure:
    return outer(inner), inner


def _tls(error: Exception) -> Failure:
    return _caused(requests_api.SSLError, SSLError(error))


def _same(error: Exception) -> Failure:
    return error, error


def _system(error_class: type, number: int) -> Failure:
    return _caused(requests_api.ConnectionError, error_class(number, os.strerror(number)))


def _lookup(number: int, text: str) -> Failure:
    return _caused(requests_api.ConnectionError, socket.gaierror(number, text))


def _dial_timeout(answer, connect_timeout, _):
    if not connect_timeout:
        return _system(TimeoutError, 110)
    parts = urlsplit(answer.url)
    inner = ConnectTimeoutError(
        _Connection(parts.scheme),
        f"Connection to {parts.hostname} timed out. (connect timeout={connect_timeout})",
    )
    return _caused(requests_api.ConnectTimeout, inner)


def _timeout(answer, _, read_timeout):
    parts = urlsplit(answer.url)
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    text = f"HTTP{'S' if secure else ''}ConnectionPool(host={parts.hostname!r}, port={port}): "
    if answer.header_items:
        return _caused(requests_api.ConnectionError, ReadTimeoutError(text + "Read timed out."))
    inner = ReadTimeoutError(f"{text}Read timed out. (read timeout={read_timeout})")
    return _same(requests_api.ReadTimeout(inner))


def _proxy(answer, *_):
    """A refusal: its status is in the sentence."""
    status = re.search(r" with (\d{3})", answer.sentence)
    if not status:
        return _caused(requests_api.ProxyError, OSError(answer.sentence))
    number = int(status[1])
    reason = http.client.responses.get(number, "")
    return _caused(
        requests_api.ProxyError, OSError(f"Tunnel connection failed: {number} {reason}".rstrip())
    )


def _broken(cause: Exception) -> Failure:
    protocol = ProtocolError(f"Connection broken: {cause!r}", cause)
    return _same(requests_api.ChunkedEncodingError(protocol))


def _closed(answer, *_):
    if not answer.header_items:
        text = "Remote end closed connection without response"
        return _caused(requests_api.ConnectionError, http.client.RemoteDisconnected(text))
    length = answer.header("content-length")
    expected = int(length) - answer.got_bytes if length and length.isdigit() else None
    return _broken(IncompleteRead(answer.got_bytes, expected))


def _malformed(answer, *_):
    if answer.header_items:
        return _broken(InvalidChunkLength(answer.sentence))
    return _caused(requests_api.ConnectionError, http.client.BadStatusLine(answer.sentence))


def _not_tls() -> ssl.SSLError:
    """What this Python's ssl raises, down to the line number in its text."""
    received, sent = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    received.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    try:
        context.wrap_bio(received, sent, server_hostname="localhost").do_handshake()
    except ssl.SSLError as error:
        return error
    return ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number")


def _ssl_text(tag: str, sentence: str) -> str:
    line = str(_not_tls()).rpartition(" (")[2].rstrip(")")
    return f"[SSL: {tag}] {sentence} ({line})"


def _untrusted(answer, *_):
    reason = "self-signed certificate"
    for known in (
        "certificate has expired",
        "certificate is not yet valid",
        "self-signed certificate in certificate chain",
        "unable to get local issuer certificate",
        "unable to get issuer certificate",
    ):
        if known.replace("-", " ") in answer.sentence.replace("-", " "):
            reason = known
    text = _ssl_text("CERTIFICATE_VERIFY_FAILED", f"certificate verify failed: {reason}")
    return _tls(ssl.SSLCertVerificationError(1, text))


def _handshake(answer, *_):
    sentence = answer.sentence
    if sentence.startswith("certificate "):
        return _untrusted(answer)
    tag = "".join(letter if letter.isalnum() else "_" for letter in sentence).upper()
    return _tls(ssl.SSLError(1, _ssl_text(tag, sentence)))


def _hostname(answer, *_):
    host = urlsplit(answer.url).hostname or ""
    kind = "IP address" if host.replace(".", "").isdigit() or ":" in host else "Hostname"
    reason = f"{kind} mismatch, certificate is not valid for {host!r}."
    text = _ssl_text("CERTIFICATE_VERIFY_FAILED", f"certificate verify failed: {reason}")
    return _tls(ssl.SSLCertVerificationError(1, text))


def _undecodable(answer, *_):
    coding = (answer.header("content-encoding") or "").lower()
    inner = zlib.error("Error -3 while decompressing data: incorrect header check")
    text = f"Received response with content-encoding: {coding}, but failed to decode it."
    return _same(requests_api.ContentDecodingError(DecodeError(text, inner)))


_BY_OUTCOME = {
    "DIAL_REFUSED": lambda *_: _system(ConnectionRefusedError, 111),
    "DIAL_TIMEOUT": _dial_timeout,
    "DESCRIPTORS": lambda *_: _system(OSError, 24),
    "DNS": lambda *_: _lookup(-3, "Temporary failure in name resolution"),
    "DNS_NO_SUCH_HOST": lambda *_: _lookup(-2, "Name or service not known"),
    "TIMEOUT": _timeout,
    "PROXY": _proxy,
    "RESET": lambda *_: _system(ConnectionResetError, 104),
    "BROKEN_PIPE": lambda *_: _system(BrokenPipeError, 32),
    "CLOSED": _closed,
    "TLS_HEADER": lambda *_: _tls(_not_tls()),
    "TLS_UNKNOWN_AUTHORITY": _untrusted,
    "TLS_HOSTNAME": _hostname,
    "TLS": _handshake,
    "MALFORMED": _malformed,
    "DECOMPRESSION": _undecodable,
}


def failure_of(
    answer,
    connect_timeout: Optional[float] = None,
    read_timeout: Optional[float] = None,
    proxied: bool = False,
) -> Failure:
    """Of an answer whose exchange failed. `sentence` of the answer is the engine's account."""
    make = _BY_OUTCOME.get(answer.outcome)
    if make is None:
        return _same(requests_api.ConnectionError(answer.sentence))
    error, cause = make(answer, connect_timeout, read_timeout)
    if proxied and answer.outcome.startswith(("DIAL", "DNS")):
        error = requests_api.ProxyError(cause)
    return error, cause
