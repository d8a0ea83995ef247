# SPDX-License-Identifier: Apache-2.0
"""What follows a first exchange that did not end in a plain success: another try after a timeout,
the redirects, the exception that the sample carries.

The rules are geventhttpclient's: 301, 302 and 303 make every method but HEAD a GET without a body,
307 and 308 repeat the request; a redirect to another origin loses Authorization, every redirect a
Cookie header that the locustfile wrote.
"""
from urllib.parse import urljoin, urlsplit

from locust._fast.body import drop_header, sendable
from locust._fast.errors import (
    TIMEOUTS,
    ConnectionError,
    LocustBadStatusCode,
    RetriesExceeded,
    UnsupportedRedirectSchemeError,
    failure_of,
)
from locust._fast.response import fail

_AS_GET = frozenset((301, 302, 303))
_OF_BODY = ("content-type", "content-length", "content-encoding", "transfer-encoding")


def _origin(url: str) -> tuple:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"https": 443}.get(parts.scheme, 80)


class Chain:
    """One call's exchanges after the first. `error` and `milliseconds` (of all exchanges) hold when
    finish() has returned the last answer."""

    def __init__(self, session, url: str, arguments: list):
        self.session = session
        self.url = url
        self.arguments = arguments
        self.milliseconds = 0.0
        self.error = None
        self.history: list = []

    def _exchange(self):
        method, url, name, headers, body, flags, kind = self.arguments
        session = self.session
        return session._exchange(
            method, url, name, session.client.default_headers, headers, body, session._transport,
            session.connection_timeout, session.network_timeout, flags, kind)

    def finish(self, answer, max_redirects: int):
        """The last answer of the chain that begins with `answer`."""
        answer = self._retried(answer)
        redirects = self.session.client.redirect_response_codes
        while max_redirects and answer.status_code in redirects and answer.header("location"):
            try:
                answer = self._follow(answer, max_redirects)
            except (ConnectionError, ValueError) as error:
                return self._failed(answer, error)
        return self._judge(answer)

    def _retried(self, answer):
        self.milliseconds += answer.elapsed_ms
        tries = 0
        while (answer.status_code == 0 and tries < self.session.client.max_retries
               and answer.outcome in TIMEOUTS):
            tries += 1
            answer = self._exchange()
            self.milliseconds += answer.elapsed_ms
        return answer

    def _target(self, answer) -> str:
        location = answer.header("location").encode("latin-1").decode("utf-8", "replace")
        target = urljoin(self.arguments[1], location)
        scheme = urlsplit(target).scheme
        if scheme not in ("http", "https"):
            raise UnsupportedRedirectSchemeError(
                self.url, f"refusing to follow redirect to {scheme!r} URL")
        return sendable(target)

    def _follow(self, answer, max_redirects: int):
        """The answer to which `answer` leads. ConnectionError or ValueError when to none."""
        target = self._target(answer)
        if len(self.history) >= max_redirects:
            raise RetriesExceeded(self.url, f"Redirection limit reached ({max_redirects})")
        method, _url, name, headers, body, flags, kind = self.arguments
        headers = dict(headers or {})
        self._drop(headers, "cookie")
        if answer.status_code in _AS_GET:
            method = method if method == "HEAD" else "GET"
            body = None
            for lower_name in _OF_BODY:
                self._drop(headers, lower_name)
        if _origin(target) != _origin(self.url):
            self._drop(headers, "authorization")
        self.arguments = [method, target, name, headers, body, flags, kind]
        self.history.append(answer)
        answer.release()
        return self._retried(self._exchange())

    def _drop(self, headers: dict, lower_name: str) -> None:
        drop_header(headers, lower_name)
        if lower_name in self.session.client.default_headers:
            headers[lower_name] = None

    def _judge(self, answer):
        if answer.status_code == 0:
            retries = self.session.client.max_retries
            return self._failed(answer, failure_of(answer, self.url, retries))
        if self.history:
            answer._history = self.history
        if answer.status_code not in self.session.client.valid_response_codes:
            self.error = answer.error = LocustBadStatusCode(answer.url, code=answer.status_code)
        return answer

    def _failed(self, answer, error: Exception):
        self.error = error
        answer.release()
        return fail(answer, self.url, error)
