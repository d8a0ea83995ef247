# SPDX-License-Identifier: Apache-2.0
"""An answer with the attributes of requests' Response.

It is the engine's own object: nothing is read out of it, decoded or parsed before a locustfile
asks for it.
"""
import codecs
import io
import json as _json
import re
from datetime import timedelta

from locust._engine import Answer
from locust._http import requests_api
from locust._http.cookies import CallCookies, received_cookies
from locust._http.encoding import encoding_of, guessed_encoding
from locust._http.failures import failure_of
from locust._http.headers import Headers, joined
from locust._http.prepare import Prepared
from locust.exception import LocustError

_REDIRECTS = (301, 302, 303, 307, 308)
_LINK = re.compile(r"<\s*([^>]*?)\s*>([^<]*?)(?:,(?=\s*<)|\Z)", re.S)
_LINK_PARAMETER = re.compile(r";\s*([^\s=;]+)\s*=\s*[\"']?([^\"';]*)")
_content_of = Answer.content.__get__
_decode_json = _json.JSONDecoder().decode

NOT_CATCHING = (
    "If you want to change the state of the request, you must pass catch_response=True. See "
    "http://docs.locust.io/en/stable/writing-a-locustfile.html#validating-responses"
)


class Raw(io.RawIOBase):
    """response.raw: the body as it comes, already decoded."""

    def __init__(self, response: "Response"):
        self._response = response
        self._rest = b""
        self.status = response.status_code
        self.reason = response.reason
        self.headers = response.headers
        self.version = 10 + response.http_minor

    def readable(self):
        return True

    def readinto(self, buffer) -> int:
        if not self._rest:
            self._rest = self._response.read_chunk()
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    def release_conn(self) -> None:
        self._response.release()


class Response(Answer, requests_api.BaseResponse):
    """Made by the engine without __init__; what is set later has its default here."""

    _name: str | None = None
    _kind: str | None = None  # the method as the task wrote it
    _first_url: str | None = None
    _session = None
    _context: dict | None = None
    _chain_ms: float | None = None  # of all exchanges, when there were more than one
    _meta: dict | None = None
    _request = None
    _fields: Headers | None = None
    _jar = None
    _history: list | None = None
    _encoding: str | None = None
    _has_encoding = False
    _streamed = False
    _consumed = False
    _got_bytes = 0
    _next = None
    _raw = None
    connection = None
    error: Exception | None = None  # with status 0: what requests would have raised
    cause: Exception | None = None  # and what the statistics show

    # Parts of the answer

    @property
    def sentence(self) -> str:
        """What went wrong, in the engine's words."""
        return Answer.error.__get__(self)

    @property
    def content(self) -> bytes:
        body = _content_of(self)
        if self._streamed:
            self._consumed = True
            self._got_bytes = len(body)
            self._check_whole()
        return body

    @property
    def got_bytes(self) -> int:
        """How much of the body there was before it broke off."""
        return self.broken_bytes or self._got_bytes

    @property
    def headers(self) -> Headers:
        if self._fields is None:
            self._fields = joined(self.header_items)
        return self._fields

    @headers.setter
    def headers(self, value):
        self._fields = value

    @property
    def cookies(self) -> CallCookies:
        if self._jar is None:
            self._jar = received_cookies(self.header_items, self.url) if self.url else (
                CallCookies()
            )
        return self._jar

    @property
    def request(self) -> Prepared:
        if self._request is None:
            request = Prepared(self.request_method, self.url, Headers())
            request.headers = joined(self.request_header_items)
            request.body = self.request_body
            if request.headers.get("content-type") == "application/x-www-form-urlencoded":
                request.body = request.body.decode("utf-8")
            self._request = request
        return self._request

    @request.setter
    def request(self, value):
        self._request = value

    @property
    def history(self) -> list:
        if self._history is None:
            self._history = []
        return self._history

    @history.setter
    def history(self, value):
        self._history = value

    @property
    def elapsed(self) -> timedelta:
        return timedelta(milliseconds=self.elapsed_ms)

    @property
    def raw(self) -> Raw:
        if self._raw is None:
            self._raw = Raw(self)
        return self._raw

    # Text

    @property
    def encoding(self) -> str | None:
        """From the headers; None when they do not say and it is not text."""
        if self._has_encoding:
            return self._encoding
        return encoding_of(self.header("content-type"))

    @encoding.setter
    def encoding(self, value):
        self._encoding = value
        self._has_encoding = True

    @property
    def apparent_encoding(self) -> str | None:
        try:
            from requests.compat import chardet
        except ImportError:
            chardet = None
        if chardet is not None:
            return chardet.detect(self.content)["encoding"]
        return guessed_encoding(self.content)

    @property
    def text(self) -> str:
        content = self.content
        if not content:
            return ""
        encoding = self.encoding
        if encoding is None:
            encoding = self.apparent_encoding
        try:
            return content.decode(encoding or "utf-8", "replace")
        except LookupError:
            return content.decode("utf-8", "replace")

    def json(self, **keywords):
        """The parsed body; requests' JSONDecodeError when it is none."""
        try:
            if not keywords:
                encoding = self.encoding
                if encoding is None or encoding.lower() == "utf-8":
                    return _decode_json(self.content.decode("utf-8"))
        except ValueError:
            pass  # another encoding, a byte order mark, or no JSON: told apart below
        try:
            body = self.text if self.encoding else self.content
            try:
                return _json.loads(body, **keywords)
            except UnicodeDecodeError:
                return _json.loads(self.text, **keywords)
        except _json.JSONDecodeError as error:
            raise requests_api.JSONDecodeError(error.msg, error.doc, error.pos) from None

    # Judgement

    def _status_text(self) -> str:
        status = self.status_code
        side = "Client" if 400 <= status < 500 else "Server"
        return f"{status} {side} Error: {self.reason} for url: "

    def http_error(self, name: str | None = None) -> Exception | None:
        """HTTPError for 400 to 599; `name` instead of the URL groups the texts."""
        if 400 <= self.status_code < 600:
            return requests_api.HTTPError(self._status_text() + (name or self.url), response=self)
        return None

    def raise_for_status(self) -> None:
        error = self.error if self.status_code == 0 else self.http_error()
        if error is not None:
            raise error

    @property
    def ok(self) -> bool:
        """Below 400. As in Locust, a transport error is raised here too."""
        if self.status_code == 0 and self.error is not None:
            raise self.error
        return not 400 <= self.status_code < 600

    def __bool__(self):
        return self.ok

    @property
    def is_redirect(self) -> bool:
        return self.status_code in _REDIRECTS and self.header("location") is not None

    @property
    def is_permanent_redirect(self) -> bool:
        return self.status_code in (301, 308) and self.header("location") is not None

    @property
    def next(self) -> Prepared | None:
        """The request that a redirect which was not followed asks for."""
        if self._next is None and self.is_redirect and self._session is not None:
            self._next = self._session.next_request(self)
        return self._next

    @property
    def links(self) -> dict:
        links = {}
        for target, parameters in _LINK.findall(self.header("link") or ""):
            link = {"url": target.strip("'\" "), **dict(_LINK_PARAMETER.findall(parameters))}
            links[link.get("rel") or link["url"]] = link
        return links

    @property
    def request_meta(self) -> dict:
        """What the request event gets."""
        if self._meta is None:
            exception = self.cause if self.status_code == 0 else self.http_error(self._name)
            context = self._context or {}
            if self._session is not None:
                context = self._session.full_context(self._context)
            self._meta = {
                "request_type": self._kind or self.request_method,
                "response_time": self.chain_ms(),
                "name": self._name,
                "context": context,
                "response": self,
                "exception": exception,
                "start_time": self.start_time,
                "url": self._first_url or self.url,
                "response_length": self.length(),
            }
        return self._meta

    def chain_ms(self) -> float:
        """Of all exchanges that the call took."""
        return self.elapsed_ms if self._chain_ms is None else self._chain_ms

    def length(self) -> int:
        """Bytes of the decoded body; when it is streamed, as many as were announced."""
        if not self._streamed:
            return self.body_bytes
        announced = self.header("content-length") or ""
        return int(announced) if announced.isdigit() else 0

    def success(self):
        raise LocustError(NOT_CATCHING)

    def failure(self, exc):
        raise LocustError(NOT_CATCHING)

    # Streams

    def _check_whole(self) -> None:
        if self.outcome not in ("OK", "HTTP_4XX", "HTTP_5XX") and self.status_code:
            raise failure_of(self)[0]

    def _pieces(self):
        if not self._streamed or self._consumed:
            yield self.content
            return
        self._consumed = True
        while piece := self.read_chunk():
            self._got_bytes += len(piece)
            yield piece
        self._check_whole()

    def _sized(self, size: int | None):
        """Pieces of `size`; those of a chunked answer are not held back to be filled."""
        fills = self.header("transfer-encoding") is None
        rest = b""
        for piece in self._pieces():
            rest += piece
            while size and len(rest) >= size:
                yield rest[:size]
                rest = rest[size:]
            if rest and not (size and fills):
                yield rest
                rest = b""
        if rest:
            yield rest

    def iter_content(self, chunk_size: int | None = 1, decode_unicode: bool = False):
        if chunk_size is not None and not isinstance(chunk_size, int):
            raise TypeError(f"chunk_size must be an int, it is instead a {type(chunk_size)}.")
        encoding = self.encoding if decode_unicode else None
        if encoding is None:
            return self._sized(chunk_size)
        return self._decoded(chunk_size, encoding)

    def _decoded(self, size: int | None, encoding: str):
        decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        for piece in self._sized(size):
            if text := decoder.decode(piece):
                yield text
        if text := decoder.decode(b"", final=True):
            yield text

    def iter_lines(self, chunk_size: int = 512, decode_unicode: bool = False, delimiter=None):
        pending = None
        for piece in self.iter_content(chunk_size, decode_unicode):
            if pending is not None:
                piece = pending + piece
            lines = piece.split(delimiter) if delimiter else piece.splitlines()
            ends_whole = not lines or not lines[-1] or lines[-1][-1:] != piece[-1:]
            pending = None if ends_whole else lines.pop()
            yield from lines
        if pending is not None:
            yield pending

    def __iter__(self):
        return self.iter_content(128)

    def close(self) -> None:
        if self._streamed:
            self.release()

    def __enter__(self):
        raise LocustError(
            "In order to use a with-block for requests, you must also pass catch_response=True"
        )

    def __exit__(self, *_):
        self.close()

    def __repr__(self):
        return f"<Response [{self.status_code}]>"
