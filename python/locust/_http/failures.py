# SPDX-License-Identifier: Apache-2.0
"""What requests raises for each way in which an exchange can fail, and what Locust's statistics
show for it: the innermost exception, so that the texts group as they do there.
"""
import http.client
import os
import re
import socket
import zlib
from urllib.parse import urlsplit

from locust._http import requests_api
from locust._http.tls_errors import (
    TLS_OUTCOMES,
    not_verified,
    tls_error,
    wrong_name,
    wrong_version,
)

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
    def __init__(self, got: int, missing: int | None):
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
    return _tls(not_verified(reason))


def _handshake(answer, *_):
    sentence = answer.sentence
    if sentence.startswith("certificate "):
        return _untrusted(answer)
    tag = "".join(letter if letter.isalnum() else "_" for letter in sentence).upper()
    return _tls(tls_error(f"[SSL: {tag}] {sentence}"))


def _hostname(answer, *_):
    return _tls(wrong_name(answer.url))


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
    "TLS_HEADER": lambda *_: _tls(wrong_version()),
    "TLS_UNKNOWN_AUTHORITY": _untrusted,
    "TLS_HOSTNAME": _hostname,
    **dict.fromkeys(TLS_OUTCOMES, _handshake),
    "MALFORMED": _malformed,
    "DECOMPRESSION": _undecodable,
}


def failure_of(
    answer,
    connect_timeout: float | None = None,
    read_timeout: float | None = None,
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
