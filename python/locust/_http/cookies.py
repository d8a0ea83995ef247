# SPDX-License-Identifier: Apache-2.0
"""Cookies as requests shows them: a CookieJar that is also a mapping of names to values.

A session's cookies live in the engine (SessionCookies, a view); those that one answer set, or that
one call sends, live here (CallCookies).
"""
import copy
import urllib.request
from collections.abc import Mapping, MutableMapping
from http.cookiejar import Cookie, CookieJar
from typing import Iterator


class CookieConflictError(RuntimeError):
    """More than one cookie of the name; tell them apart by domain and path."""


def make_cookie(
    name: str,
    value,
    domain: str = "",
    path: str = "/",
    expires: float | None = None,
    secure: bool = False,
    http_only: bool = False,
    host_only: bool = True,
) -> Cookie:
    """`host_only`: the server named no domain."""
    return Cookie(
        version=0,
        name=name,
        value=value,
        port=None,
        port_specified=False,
        domain=domain,
        domain_specified=bool(domain) and not host_only,
        domain_initial_dot=domain.startswith("."),
        path=path,
        path_specified=bool(path),
        secure=secure,
        expires=None if expires is None else int(expires),
        discard=expires is None,
        comment=None,
        comment_url=None,
        rest={"HttpOnly": None} if http_only else {},
        rfc2109=False,
    )


class _Names:
    """What is asked of cookies by name; stands on iteration, set_cookie() and clear()."""

    def _matching(self, name, domain=None, path=None) -> list[Cookie]:
        return [
            cookie
            for cookie in self
            if cookie.name == name
            and (domain is None or cookie.domain == domain)
            and (path is None or cookie.path == path)
        ]

    def get(self, name, default=None, domain=None, path=None):
        found = self._matching(name, domain, path)
        if len(found) > 1:
            raise CookieConflictError(f"There are multiple cookies with name, {name!r}")
        return found[0].value if found else default

    def __getitem__(self, name):
        found = self._matching(name)
        if not found:
            raise KeyError(f"name={name!r}, domain=None, path=None")
        return self.get(name)

    def set(self, name, value, **details):
        """None takes the cookie away. `details`: domain, path, expires, secure..."""
        if value is None:
            for cookie in self._matching(name, details.get("domain"), details.get("path")):
                self.clear(cookie.domain, cookie.path, cookie.name)
            return None
        if hasattr(value, "key") and hasattr(value, "value"):  # http.cookies.Morsel
            details = {"domain": value["domain"], "path": value["path"] or "/"}
            value = value.value
        rest = details.pop("rest", None) or {}
        details["http_only"] = "HttpOnly" in rest
        cookie = make_cookie(name, value, host_only=False, **details)
        self.set_cookie(cookie)
        return cookie

    def __setitem__(self, name, value):
        self.set(name, value)

    def __delitem__(self, name):
        found = self._matching(name)
        if not found:
            raise KeyError(name)
        for cookie in found:
            self.clear(cookie.domain, cookie.path, cookie.name)

    def __contains__(self, name):
        return bool(self._matching(name))

    def update(self, other=(), **keywords):
        if isinstance(other, CookieJar):
            for cookie in other:
                self.set_cookie(cookie)
            other = ()
        for name, value in [*_items(other), *keywords.items()]:
            self.set(name, value)

    def iterkeys(self):
        return (cookie.name for cookie in self)

    def itervalues(self):
        return (cookie.value for cookie in self)

    def iteritems(self):
        return ((cookie.name, cookie.value) for cookie in self)

    def keys(self):
        return list(self.iterkeys())

    def values(self):
        return list(self.itervalues())

    def items(self):
        return list(self.iteritems())

    def get_dict(self, domain=None, path=None) -> dict:
        return {
            cookie.name: cookie.value
            for cookie in self
            if domain in (None, cookie.domain) and path in (None, cookie.path)
        }

    def list_domains(self) -> list[str]:
        return list(dict.fromkeys(cookie.domain for cookie in self))

    def list_paths(self) -> list[str]:
        return list(dict.fromkeys(cookie.path for cookie in self))

    def multiple_domains(self) -> bool:
        return len(self.list_domains()) > 1

    def copy(self) -> "CallCookies":
        other = CallCookies()
        other.update(self)
        return other

    def __eq__(self, other):
        return dict(self.items()) == dict(_items(other)) if isinstance(other, Mapping) else False

    __hash__ = None


def _items(other):
    return list(other.items() if isinstance(other, Mapping) else other)


class CallCookies(_Names, CookieJar, MutableMapping):
    """In memory, as http.cookiejar keeps them."""


class SessionCookies(_Names, CookieJar, MutableMapping):
    """Those of one engine session; `engine_session()` gives it."""

    def __init__(self, engine_session):
        super().__init__()
        self._engine_session = engine_session

    def __iter__(self) -> Iterator[Cookie]:
        for name, value, domain, path, expires, secure, http_only, host_only in (
            self._engine_session().cookies()
        ):
            if not host_only and domain and "." in domain and not domain.startswith("."):
                domain = "." + domain
            yield make_cookie(
                name, value, domain, path, expires, secure, http_only, host_only
            )

    def __len__(self):
        return len(self._engine_session().cookies())

    def set_cookie(self, cookie: Cookie) -> None:
        value = cookie.value
        if isinstance(value, str) and value.startswith('"') and value.endswith('"'):
            value = value.replace('\\"', "")
        self._engine_session().set_cookie(
            cookie.name,
            "" if value is None else str(value),
            cookie.domain.lstrip("."),
            cookie.path or "/",
            cookie.expires,
            bool(cookie.secure),
            not cookie.domain_specified,
        )

    def clear(self, domain=None, path=None, name=None) -> None:
        session = self._engine_session()
        if domain is None:
            session.clear_cookies()
            return
        wanted = (domain, path, name)
        for cookie in list(self):
            own = (cookie.domain, cookie.path, cookie.name)
            if all(want in (None, have) for want, have in zip(wanted, own)):
                session.delete_cookie(cookie.name, cookie.domain.lstrip("."), cookie.path)

    def clear_session_cookies(self) -> None:
        for cookie in list(self):
            if cookie.discard:
                self.clear(cookie.domain, cookie.path, cookie.name)


def jar_of(cookies) -> CookieJar:
    """The `cookies` argument of a call, a dict or a jar."""
    if isinstance(cookies, CookieJar):
        return cookies
    jar = CallCookies()
    jar.update(cookies)
    return jar


def cookie_header(cookies: CookieJar, url: str) -> str | None:
    """Which of them go to `url`, as the value of a Cookie header."""
    request = urllib.request.Request(url)
    sendable = CookieJar()
    for cookie in cookies:
        if cookie.domain and "." not in cookie.domain:
            cookie = copy.copy(cookie)
            cookie.domain += ".local"  # how http.cookiejar knows hosts without a dot
        sendable.set_cookie(cookie)
    sendable.add_cookie_header(request)
    return request.get_header("Cookie")


class _Received:
    """As much of an http.client answer as http.cookiejar looks at."""

    def __init__(self, lines: list[str]):
        self._lines = lines

    def info(self):
        return self

    def get_all(self, name: str, default=None):
        return self._lines if name.lower() == "set-cookie" else default


def received_cookies(header_items, url: str) -> CallCookies:
    """The cookies that an answer to `url` set."""
    jar = CallCookies()
    lines = [value for name, value in header_items if name.lower() == "set-cookie"]
    if lines:
        jar.extract_cookies(_Received(lines), urllib.request.Request(url))
    return jar
