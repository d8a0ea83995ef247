# SPDX-License-Identifier: Apache-2.0
"""From the arguments of a FastHttpSession's request to what is sent: URL, headers and body, by the
rules of geventhttpclient.
"""
import json as json_module
import logging
import re
from urllib.parse import quote, unquote, urlencode, urlsplit

from locust._http.multipart import encoded_multipart
from locust._http.prepare import read_all
from locust._http.url import without_credentials
from locust.log import warn_once

logger = logging.getLogger("locust.contrib.fasthttp")

_SAFE = "!#$%&'()*+,/:;=?@[]~"
_LONELY_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")
is_sendable = re.compile(r"[!$&-;=?A-Z\[\]_a-z~]*(?<!\?)").fullmatch
"""True of a URL that needs no work before it is sent; it has no user, escape or fragment."""

JSON_HEADERS = {"Content-Type": "application/json", "Accept": "application/json"}
_FORM = "application/x-www-form-urlencoded; charset=utf-8"
_TEXT = "text/plain; charset=utf-8"
_BYTES = "application/octet-stream"
_WITH_BODY = frozenset(("POST", "PUT", "PATCH"))


def sendable(url: str) -> str:
    """`url` with everything escaped that has to be; credentials in it are not used."""
    url = _LONELY_PERCENT.sub("%25", url.strip())
    head, slashes, rest = url.partition("://")
    end = re.search("[/?#]|$", rest).start()
    host = rest[:end].rpartition("@")[2]
    if not host.isascii():
        host = host.encode("idna").decode()
    return head + slashes + host + quote(rest[end:], safe=_SAFE).removesuffix("?")


def check_url(url: str) -> bool:
    """Whether `url` names a host; ValueError for a port that cannot be."""
    parts = urlsplit(url)
    parts.port
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def split_credentials(base_url):
    """(URL without user and password, (user, password), or None)."""
    parts = urlsplit(base_url or "")
    if not parts.username or not parts.password:
        return base_url, None
    return without_credentials(base_url), (unquote(parts.username), unquote(parts.password))


def _warn_unknown(keywords: dict, fate: str) -> None:
    for keyword in keywords:
        warn_once(
            logger,
            f"FastHttpUser's client does not know the argument {keyword}=; it is {fate}. Remove it, "
            "or set what it means on the user class.",
        )


def _with_params(url: str, params) -> str:
    """`url` with `params` (text, mapping or pairs) at the end of its query."""
    if not params:
        return url
    if isinstance(params, (str, bytes)):
        query = params if isinstance(params, str) else params.decode("ascii")
    else:
        pairs = params.items() if hasattr(params, "items") else params
        query = urlencode([(name, value) for name, value in pairs if value is not None], True)
    url, hash_mark, fragment = url.partition("#")
    return url + ("&" if "?" in url else "?") + query + hash_mark + fragment


def _encode(data):
    """(body, its content type)."""
    if hasattr(data, "items"):
        return urlencode([*data.items()]), _FORM
    if isinstance(data, str):
        return data, _TEXT
    return (data if isinstance(data, bytes) else read_all(data)), _BYTES


class Outgoing:
    """What one call sends. `headers` win over `common`, the session's."""

    __slots__ = ("url", "headers", "body")

    def __init__(self, common, method: str, url: str, data, headers, json, keywords: dict):
        self.headers = texts_of(headers) if headers else {}
        params = keywords.pop("params", None)
        files = keywords.pop("files", None)
        if json is not None and not data:
            data = json_module.dumps(json)
            self._default("Content-Type", "application/json")
            self._default("Accept", "application/json")
        if keywords:
            data, params = self._place_unknown(method, data, params, keywords)
        self.url = _with_params(url, params)
        self.body = None
        if files:
            self.body, kind = encoded_multipart(files, data)
            self._set_kind(common, kind)
        elif data:
            self.body, kind = _encode(data)
            self._set_kind(common, kind)

    def _place_unknown(self, method: str, data, params, keywords: dict):
        """Unknown arguments become fields of a form or of the query, as with geventhttpclient."""
        if method not in _WITH_BODY:
            _warn_unknown(keywords, "sent as a field of the query")
            return data, {**dict(params or {}), **keywords}
        if data and not hasattr(data, "items"):
            _warn_unknown(keywords, "ignored")
            return data, params
        _warn_unknown(keywords, "sent as a field of the form")
        return {**(data or {}), **keywords}, params

    def _set_kind(self, common, kind: str) -> None:
        if "content-type" not in common:
            self._default("content-type", kind)

    def _default(self, name: str, value: str) -> None:
        if not has_header(self.headers, name.lower()):
            self.headers[name] = value

    def authorize(self, value: str) -> None:
        drop_header(self.headers, "authorization")
        self.headers["Authorization"] = value


def texts_of(headers) -> dict:
    """A copy whose values are what str() makes of them; a list is one field with all its values."""
    texts = dict(headers)
    for name, value in headers.items():
        if type(value) is not str:
            parts = value if isinstance(value, (list, tuple)) else (value,)
            texts[name] = ", ".join(map(str, parts))
    return texts


def has_header(headers: dict, lower_name: str) -> bool:
    for own in headers:
        if own.lower() == lower_name:
            return True
    return False


def drop_header(headers: dict, lower_name: str) -> None:
    for own in [own for own in headers if own.lower() == lower_name]:
        del headers[own]
