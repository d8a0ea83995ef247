# SPDX-License-Identifier: Apache-2.0
"""URLs as requests puts them on the wire: quoted, hosts in lower case and IDNA, dot segments
removed, parameters appended."""
import re
from collections.abc import Mapping
from urllib.parse import quote, unquote, urlencode, urlsplit, urlunsplit

from locust._http.requests_api import InvalidURL, MissingSchema

_PARTS = re.compile(
    r"(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?://([^\\/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?\Z", re.S
)
_AUTHORITY = re.compile(
    r"(?:(.*)@)?"
    r"(\[[0-9A-Fa-f:.]+(?:%[^\]]+)?\]|(?:[^\[\]%:/?#]|%[0-9A-Fa-f]{2})*)"
    r"(?::(\d{0,5}))?\Z",
    re.S,
)
_PATH_URL = re.compile(r"[^:/?#]+://[^/?#]*([^#]*)")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_USER_SAFE = "!$&'()*+,;=:"
_PATH_SAFE = _USER_SAFE + "@/"
_QUERY_SAFE = _PATH_SAFE + "?"
_ALL_SAFE = "!#$%&'()*+,/:;=?@[]~"


def _escape(text: str, safe: str) -> str:
    """A lone % means that none of them is an escape."""
    escapes = len(_ESCAPE.findall(text))
    if escapes and escapes == text.count("%"):
        return quote(_ESCAPE.sub(lambda match: match[0].upper(), text), safe=safe + "%")
    return quote(text, safe=safe)


def _unescape_unreserved(match: re.Match) -> str:
    character = chr(int(match[0][1:], 16))
    return character if character in _UNRESERVED else match[0]


def requoted(url: str) -> str:
    """Escapes what has to be escaped and nothing else."""
    if "%" in _ESCAPE.sub("", url):
        return quote(url, safe=_ALL_SAFE.replace("%", ""))
    return quote(_ESCAPE.sub(_unescape_unreserved, url), safe=_ALL_SAFE)


def _without_dots(path: str) -> str:
    """RFC 3986 §5.2.4."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            if kept:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    if path.startswith("/") and (not kept or kept[0]):
        kept.insert(0, "")
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/".join(kept)


def _host(text: str) -> str:
    if text.startswith(("*", ".")):
        raise InvalidURL("URL has an invalid label.")
    if text.startswith("["):
        return text.lower()
    if text.isascii():
        text = _ESCAPE.sub(lambda match: match[0].upper(), text.lower())
        return quote(text, safe=_USER_SAFE + "%")
    try:
        return text.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise InvalidURL("URL has an invalid label.") from None


def _authority(text: str, url: str) -> str:
    match = _AUTHORITY.match(text)
    if not match or int(match[3] or 0) > 65535:
        raise InvalidURL(f"Failed to parse: {text!r} is not a valid host or port")
    user, host, port = match.groups()
    if not host:
        raise InvalidURL(f"Invalid URL {url!r}: No host supplied")
    result = _host(host)
    if user is not None:
        result = _escape(user, _USER_SAFE) + "@" + result
    return f"{result}:{int(port)}" if port else result


def _pairs(data):
    items = data.items() if isinstance(data, Mapping) else data
    for key, values in items:
        if isinstance(values, (str, bytes)) or not hasattr(values, "__iter__"):
            values = [values]
        for value in values:
            if value is not None:
                yield key, value


def encoded_form(data) -> str:
    """A dict or list of pairs as a form; text stays as it is."""
    if isinstance(data, bytes):
        return data.decode("utf-8")
    if isinstance(data, str):
        return data
    return urlencode(list(_pairs(data)))


def prepared_url(url, params=None) -> str:
    """The absolute URL of a request. MissingSchema or InvalidURL when there is none in it."""
    url = url.decode("utf-8") if isinstance(url, bytes) else str(url)
    url = url.lstrip()
    if ":" in url and not url.lower().startswith("http"):
        return url
    scheme, authority, path, query, fragment = _PARTS.match(url).groups()
    if not scheme:
        raise MissingSchema(
            f"Invalid URL {url!r}: No scheme supplied. Perhaps you meant http://{url}?"
        )
    if not authority:
        raise InvalidURL(f"Invalid URL {url!r}: No host supplied")
    path = _escape(_without_dots(path), _PATH_SAFE) or "/"
    if not path.startswith("/"):
        path = "/" + path
    query = _escape(query, _QUERY_SAFE) if query else ""
    extra = encoded_form(params) if params else ""
    query = f"{query}&{extra}" if query and extra else query or extra
    result = f"{scheme.lower()}://{_authority(authority, url)}{path}"
    if query:
        result += "?" + query
    if fragment:
        result += "#" + _escape(fragment, _QUERY_SAFE)
    return requoted(result)


def path_url(url: str) -> str:
    """Path and query: what Locust names a request by."""
    match = _PATH_URL.match(url)
    if not match:
        parts = urlsplit(url)
        return (parts.path or "/") + ("?" + parts.query if parts.query else "")
    path = match[1]
    return path if path.startswith("/") else "/" + path


def without_credentials(url: str) -> str:
    parts = urlsplit(url) if "@" in url else None
    if parts is None or "@" not in parts.netloc:
        return url
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def credentials(url: str) -> tuple[str, str] | None:
    """Name and password in a URL."""
    parts = urlsplit(url) if "@" in url else None
    if parts is None or not (parts.username or parts.password):
        return None
    return unquote(parts.username or ""), unquote(parts.password or "")
