# SPDX-License-Identifier: Apache-2.0
"""Responses of FastHttpUser's client.

A response is the engine's answer itself: nothing of it becomes a Python object before a locustfile
reads it. What an answer turned out to be is its class: the engine makes it a FastResponse or, with
catch_response, a ResponseContextManager; one without a status becomes an ErrorResponse.
"""
import json as json_module
from datetime import timedelta

from locust import _engine
from locust._engine import Answer
from locust._fast.errors import raise_if_cut
from locust._fast.headers import Headers, received
from locust._generator.lost import lose
from locust._http.catch import no_block
from locust._http.encoding import encoding_of, guessed_encoding
from locust._http.response import NOT_CATCHING
from locust.exception import CatchResponseError, LocustError, ResponseError


class FastRequest:
    """What was sent."""

    def __init__(self, url: str, method: str = "GET", headers=None, payload=None):
        self.url = url
        self.method = method
        self.headers = headers if isinstance(headers, Headers) else Headers(headers)
        self.payload = payload

    @property
    def body(self):
        return self.payload


class FastResponse(Answer):
    """An answer with a status."""

    error = None
    encoding = None
    _history: list = []

    @property
    def text(self):
        content = self.content
        if not self.encoding:
            self.encoding = encoding_of(self.header("content-type")) or guessed_encoding(content)
        return content.decode(self.encoding, "replace")

    def json(self):
        return json_module.loads(self.text)

    @property
    def headers(self) -> Headers:
        return received(self.header_items)

    @property
    def request(self) -> FastRequest:
        return FastRequest(self.url, self.request_method, received(self.request_header_items),
                           self.request_body)

    @property
    def elapsed(self) -> timedelta:
        return timedelta(milliseconds=self.elapsed_ms)

    @property
    def history(self) -> list:
        return list(self._history)

    @property
    def ok(self) -> bool:
        return self.status_code < 400

    @property
    def status(self) -> str:
        return str(self.status_code)

    @property
    def data(self):
        return self.content

    def info(self) -> Headers:
        return self.headers

    def __len__(self) -> int:
        length = self.header("content-length")
        return int(length) if length and length.isdigit() else self.body_bytes

    def raise_for_status(self) -> None:
        if self.error:
            raise self.error

    def success(self) -> None:
        raise LocustError(NOT_CATCHING)

    def failure(self, *_args, **_kwargs) -> None:
        raise LocustError(NOT_CATCHING)

    def __enter__(self):
        return self

    def __exit__(self, *_exc) -> None:
        self.release()

    # Reading piece by piece, which is of use with stream=True.

    _rest = b""

    @property
    def stream(self) -> "FastResponse":
        return self

    def _more(self) -> bytes:
        chunk = self.read_chunk()
        if not chunk:
            raise_if_cut(self)
        return chunk

    def read(self, n=None) -> bytes:
        """`n` bytes, fewer at the end; all that is left without `n`."""
        pieces = [self._rest]
        have = len(self._rest)
        while (n is None or have < n) and (chunk := self._more()):
            pieces.append(chunk)
            have += len(chunk)
        everything = b"".join(pieces)
        self._rest = everything[n:] if n is not None else b""
        return everything[:n]

    def readline(self) -> bytes:
        line = self._rest
        while b"\n" not in line and (chunk := self._more()):
            line += chunk
        end = line.find(b"\n") + 1 or len(line)
        self._rest = line[end:]
        return line[:end]

    def __iter__(self):
        while piece := self._rest or self._more():
            self._rest = b""
            yield piece

    def iter_content(self, chunk_size: int = 1024, decode_content: bool = True):
        """Pieces of `chunk_size` bytes; as text when they are text and `decode_content` is set."""
        while piece := self.read(chunk_size):
            yield _as_text(piece) if decode_content else piece

    def iter_lines(self):
        """Lines as text, without the line feed."""
        while line := self.readline():
            yield line.decode("utf-8", "replace").removesuffix("\n")


def _as_text(piece: bytes):
    try:
        return piece.decode("utf-8")
    except UnicodeDecodeError:
        return piece


class _Streamed:
    """With stream=True the body comes after the request was judged, and can still break."""

    __slots__ = ()

    @property
    def content(self) -> bytes:
        if "_content" not in self.__dict__:
            self._content = self.read()
        return self._content


class StreamedResponse(_Streamed, FastResponse):
    pass


class _NoAnswer:
    """There is no answer: `error` says why."""

    __slots__ = ()
    status_code = 0
    body_bytes = 0
    text = None
    content = None
    headers = None

    def __len__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        return False

    def json(self):
        return json_module.loads(None)


class ErrorResponse(_NoAnswer, FastResponse):
    """Made by the client from an answer without a status, or from nothing but a request."""

    url = None
    request = None

    def __init__(self, request: FastRequest, error: Exception):
        self.url = request.url
        self.request = request
        self.error = error


class ResponseContextManager(FastResponse):
    """A response of a call with catch_response=True: the block says what becomes of the sample."""

    _manual_result = None
    _entered = False
    _armed = False  # the request is over and not yet reported

    def arm(self, session, request_meta: dict) -> None:
        """`request_meta`: the sample, which the block may change; fired on `session`'s hook."""
        self._session = session
        self.request_meta = request_meta
        self._armed = True

    def __enter__(self):
        self._entered = True
        return self

    def __exit__(self, exc, value, traceback) -> bool:
        self._armed = False
        if self._manual_result is not None:
            self.request_meta["exception"] = self._manual_result or None
            self._report_request()
            _engine.check(self._session.user_class, str(self.request_meta["name"]),
                          not self._manual_result)
            return exc is None
        if isinstance(value, ResponseError):
            self.request_meta["exception"] = value
        elif exc:
            if issubclass(exc, Exception):
                self._lose(f"its with-block raised {value!r} before it was judged")
            return False
        self._report_request()
        return True

    def _report_request(self) -> None:
        self._session.request_event.fire(**{"response": self, **self.request_meta})

    def _lose(self, why: str) -> None:
        lose(self.request_meta["request_type"], str(self.request_meta["name"]), why)

    def success(self) -> None:
        """The request counts as a success whatever its status."""
        if not self._entered:
            raise LocustError(no_block("failure(...)"))
        self._manual_result = False

    def failure(self, exc) -> None:
        """The request counts as a failure; `exc` is an exception or a text."""
        if not self._entered:
            raise LocustError(no_block("failure(...)"))
        self._manual_result = exc if isinstance(exc, Exception) else CatchResponseError(exc)

    def raise_for_status(self) -> None:
        if self.request_meta["exception"]:
            raise self.request_meta["exception"]

    def __del__(self):
        if self._armed and not self._entered:
            self._lose("catch_response=True without a with-block")


class StreamedContextManager(_Streamed, ResponseContextManager):
    pass


class ErrorContextManager(_NoAnswer, ResponseContextManager):
    url = None
    request = None


class RestResponseContextManager(ResponseContextManager):
    """What the block of rest() gets, for annotations: a ResponseContextManager with `js`."""

    js: dict


_WITHOUT_ANSWER = {
    FastResponse: ErrorResponse,
    StreamedResponse: ErrorResponse,
    ResponseContextManager: ErrorContextManager,
    StreamedContextManager: ErrorContextManager,
}


def fail(answer: FastResponse, url: str, error: Exception) -> FastResponse:
    """Makes `answer` one that has no status. `url` is the one that the locustfile asked for."""
    request = FastRequest(url, answer.request_method, received(answer.request_header_items),
                          answer.request_body)
    answer.__class__ = _WITHOUT_ANSWER[type(answer)]
    answer.url = url
    answer.request = request
    answer.error = error
    return answer


def nothing(kind: type, request: FastRequest, error: Exception) -> FastResponse:
    """A response of the call that wanted a `kind`, for which there is not even an answer."""
    kind = _WITHOUT_ANSWER[kind]
    answer = kind.__new__(kind)
    ErrorResponse.__init__(answer, request, error)
    return answer
