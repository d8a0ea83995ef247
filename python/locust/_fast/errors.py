# SPDX-License-Identifier: Apache-2.0
"""What FastHttpUser's requests can fail with: the exceptions of geventhttpclient by name and text,
and which of them an outcome of the engine is.

Reports group failures by these texts, so they are part of the interface.
"""
import socket
import ssl
import zlib
from errno import ECONNABORTED, ECONNREFUSED, ECONNRESET, EMFILE, EPIPE, EHOSTUNREACH
from os import strerror

from gevent.timeout import Timeout

from locust._engine import Answer
from locust._http.tls_errors import TLS_OUTCOMES, not_verified, tls_error, wrong_name

ANSWERED = frozenset(("OK", "HTTP_4XX", "HTTP_5XX"))
TIMEOUTS = frozenset(("TIMEOUT", "DIAL_TIMEOUT"))


class ConnectionError(Exception):
    """A request that did not come to an end: its URL, then whatever else is known."""

    def __init__(self, url, *args, **kw):
        super().__init__(url, *args)
        self.url = url
        self.__dict__.update(kw)
        self.kw_text = ", ".join(f"{key}={value}" for key, value in kw.items())
        text = str(args[0]) if args else ""
        if args[1:]:
            text = f"{text}: {args[1:]}"
        self.text = ", ".join(part for part in (text, self.kw_text) if part)

    def __str__(self):
        return f"URL {self.url}: {self.text}" if self.text else f"URL {self.url}"

    def _repr_of(self, args) -> str:
        parts = [repr(arg) for arg in args]
        if self.kw_text:
            parts.append(self.kw_text)
        return f"{type(self).__name__}({', '.join(parts)})"

    def __repr__(self):
        return self._repr_of(self.args)


class RetriesExceeded(ConnectionError):
    """The last try timed out, or one redirect too many."""


class UnsupportedRedirectSchemeError(ConnectionError):
    """A redirect to something other than http and https."""


class BadStatusCode(ConnectionError):
    """A status that is not on the list of successes."""

    code = 0


class LocustBadStatusCode(BadStatusCode):
    """Without the URL in its repr, so that failures of one name are one row."""

    def __repr__(self):
        return self._repr_of(self.args[1:] if self.code else self.args)


class HTTPParseError(Exception):
    """What came was not HTTP, or ended too early."""


class HTTPConnectionClosed(HTTPParseError):
    """The connection ended before there was an answer."""


FAILURE_EXCEPTIONS = (
    ConnectionError,
    ConnectionRefusedError,
    ConnectionResetError,
    OSError,
    ssl.SSLError,
    Timeout,
    HTTPConnectionClosed,
    HTTPParseError,
    zlib.error,
)

engine_error = Answer.error.__get__
"""engine_error(answer): the engine's sentence; FastResponse.error is the exception."""


def name_not_known() -> Exception:
    return socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def _lookup_failed(answer) -> Exception:
    return socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")


def _system(kind: type, number: int):
    return lambda answer: kind(number, strerror(number))


def _closed(answer) -> Exception:
    if answer.header_items or engine_error(answer) == _TRUNCATED:
        return HTTPParseError("Incomplete response.")
    return HTTPConnectionClosed("connection closed.")


def _reset(answer) -> Exception:
    if answer.header_items:
        return ConnectionResetError(ECONNRESET, strerror(ECONNRESET))
    return HTTPConnectionClosed("connection closed.")


def _malformed(answer) -> Exception:
    sentence = engine_error(answer)
    return HTTPParseError(*_PARSE_ERRORS.get(sentence, (sentence,)))


# The engine's account, and the parser's of geventhttpclient.
_PARSE_ERRORS = {
    "malformed status line": ("Expected HTTP/, RTSP/ or ICE/", 8),
    "malformed response header": ("Invalid header token", 10),
    "malformed Content-Length": ("Invalid character in Content-Length", 11),
    "malformed chunk": ("Invalid character in chunk size", 12),
}
_TRUNCATED = "connection closed in the middle of the response"

_FAILURES = {
    "DNS": _lookup_failed,
    "DNS_NO_SUCH_HOST": lambda answer: name_not_known(),
    "DIAL": _system(OSError, EHOSTUNREACH),
    "DIAL_REFUSED": _system(ConnectionRefusedError, ECONNREFUSED),
    "DESCRIPTORS": _system(OSError, EMFILE),
    "BROKEN_PIPE": _system(BrokenPipeError, EPIPE),
    "RESET": _reset,
    "CLOSED": _closed,
    **dict.fromkeys(TLS_OUTCOMES, lambda answer: tls_error(engine_error(answer))),
    "TLS_HEADER": lambda answer: tls_error("[SSL: WRONG_VERSION_NUMBER] wrong version number"),
    "TLS_UNKNOWN_AUTHORITY": lambda answer: not_verified("self-signed certificate"),
    "TLS_HOSTNAME": lambda answer: wrong_name(answer.url),
    "MALFORMED": _malformed,
    "DECOMPRESSION": lambda answer: zlib.error(
        "Error -3 while decompressing data: incorrect header check"),
    "TIMEOUT": lambda answer: TimeoutError("timed out"),
    "CUT": lambda answer: ConnectionAbortedError(ECONNABORTED, engine_error(answer)),
}


def failure_of(answer, url: str, retries: int) -> Exception:
    """Why `answer` has no status. `url` is the one that the locustfile asked for. ValueError for a
    request that could not be sent at all."""
    outcome = answer.outcome
    if outcome == "INVALID_URL":
        raise ValueError(engine_error(answer))
    if outcome in TIMEOUTS and not answer.header_items:
        return RetriesExceeded(url, retries, original=TimeoutError("timed out"))
    make = _FAILURES.get(outcome)
    return make(answer) if make else OSError(engine_error(answer))


def raise_if_cut(answer) -> None:
    """For a body that is read piece by piece: what ended it, unless it ended well."""
    if answer.outcome not in ANSWERED:
        raise failure_of(answer, answer.url, 0)
