# SPDX-License-Identifier: Apache-2.0
"""A request as it will be sent, with the attributes that authentication objects and hooks written
for requests expect of a PreparedRequest."""
import io
import json as _json
import os
from collections.abc import Mapping
from http.cookiejar import CookieJar

from locust._http.cookies import cookie_header
from locust._http.headers import Headers, check_all
from locust._http.multipart import encoded_multipart
from locust._http.requests_api import HTTPBasicAuth, InvalidJSONError
from locust._http.url import encoded_form, path_url, prepared_url

encode_json = _json.JSONEncoder(allow_nan=False).encode


def _is_stream(data) -> bool:
    return hasattr(data, "__iter__") and not isinstance(data, (str, bytes, list, tuple, Mapping))


def _size_left(data) -> int | None:
    """Bytes that a file or iterable will give; None when nobody can know."""
    if hasattr(data, "__len__"):
        return len(data)
    if not hasattr(data, "read"):
        return None
    try:
        size = os.fstat(data.fileno()).st_size
        return size - data.tell() if "b" in getattr(data, "mode", "b") else None
    except (AttributeError, io.UnsupportedOperation, OSError):
        pass
    if not hasattr(data, "getvalue"):
        return None
    rest = data.getvalue()[data.tell() :]
    return len(rest.encode("utf-8") if isinstance(rest, str) else rest)


def _as_bytes(piece) -> bytes:
    # memoryview() refuses a number, of which bytes() would make zeros.
    return piece.encode("utf-8") if isinstance(piece, str) else bytes(memoryview(piece))


def read_all(data) -> bytes:
    """A file, bytes of any kind or an iterable of pieces, as one."""
    if hasattr(data, "read"):
        return _as_bytes(data.read())
    if isinstance(data, (bytearray, memoryview)):
        return bytes(data)
    return b"".join(map(_as_bytes, data))


def _read_chunked(data) -> bytes:
    """The chunked coding of what an iterator gives, as it would have gone out piece by piece."""
    pieces = iter(lambda: data.read(8192), type(data.read(0))()) if hasattr(data, "read") else data
    wire = bytearray()
    for piece in filter(None, map(_as_bytes, pieces)):
        wire += b"%x\r\n%b\r\n" % (len(piece), piece)
    return bytes(wire + b"0\r\n\r\n")


class Prepared:
    """`body`: bytes, str or None. `wire_body`: what goes out when that is not the same."""

    def __init__(self, method: str, url: str, headers: Headers):
        self.method = method
        self.url = url
        self.headers = headers
        self.body = None
        self.wire_body = None
        self.hooks: dict = {"response": []}
        self._cookies: CookieJar | None = None

    @property
    def path_url(self) -> str:
        return path_url(self.url)

    def copy(self) -> "Prepared":
        other = Prepared(self.method, self.url, self.headers.copy())
        other.body, other.wire_body = self.body, self.wire_body
        other.hooks = self.hooks
        other._cookies = self._cookies
        return other

    def __repr__(self):
        return f"<PreparedRequest [{self.method}]>"

    def register_hook(self, event: str, hook) -> None:
        hooks = self.hooks.setdefault(event, [])
        hooks.extend([hook] if callable(hook) else hook)

    def deregister_hook(self, event: str, hook) -> bool:
        found = hook in self.hooks.get(event, ())
        if found:
            self.hooks[event].remove(hook)
        return found

    def prepare_method(self, method: str | None) -> None:
        self.method = method.upper() if method else method

    def prepare_url(self, url, params) -> None:
        self.url = prepared_url(url, params)

    def prepare_headers(self, headers) -> None:
        self.headers = Headers(headers)
        check_all(self.headers)

    def prepare_cookies(self, cookies) -> None:
        """Sets the Cookie header unless there is one."""
        self._cookies = cookies
        value = cookie_header(cookies, self.url) if cookies is not None else None
        if value and "Cookie" not in self.headers:
            self.headers["Cookie"] = value

    def prepare_body(self, data, files, json=None) -> None:
        content_type = None
        self.body = self.wire_body = None
        if not data and json is not None:
            content_type = "application/json"
            try:
                self.body = encode_json(json).encode("utf-8")
            except ValueError as error:
                raise InvalidJSONError(error, request=self) from None
        if _is_stream(data):
            self._prepare_stream(data, files)
            return
        if files:
            self.body, content_type = encoded_multipart(files, data)
        elif data and isinstance(data, (str, bytes)):
            self.body = data
        elif data and hasattr(data, "read"):
            self.body = read_all(data)
        elif data:
            self.body = encoded_form(data)
            content_type = "application/x-www-form-urlencoded"
        self.prepare_content_length(self.body)
        if content_type and "Content-Type" not in self.headers:
            self.headers["Content-Type"] = content_type

    def _prepare_stream(self, data, files) -> None:
        """The engine sends whole bodies, so a stream is read here."""
        if files:
            raise NotImplementedError("Streamed bodies and files are mutually exclusive.")
        self.body = data
        if _size_left(data):
            self.wire_body = read_all(data)
            self.headers["Content-Length"] = str(len(self.wire_body))
        else:
            self.wire_body = _read_chunked(data)
            self.headers["Transfer-Encoding"] = "chunked"

    def prepare_content_length(self, body) -> None:
        if self.wire_body is not None:
            return
        if body:
            self.headers["Content-Length"] = str(len(_as_bytes(body)))
        elif self.method not in ("GET", "HEAD") and "Content-Length" not in self.headers:
            self.headers["Content-Length"] = "0"

    def prepare_auth(self, auth) -> None:
        """`auth`: (name, password) or what takes a request and gives it back."""
        if not auth:
            return
        if isinstance(auth, tuple) and len(auth) == 2:
            auth = HTTPBasicAuth(*auth)
        self.__dict__.update(auth(self).__dict__)
        self.prepare_content_length(self.body)

    def sent_body(self):
        """For the engine: bytes, str or None."""
        body = self.body if self.wire_body is None else self.wire_body
        return body if body is None or isinstance(body, (str, bytes)) else read_all(body)
