# SPDX-License-Identifier: Apache-2.0
"""FastHttpUser and its client, with the interface and the rules of Locust's client on
geventhttpclient.

FastHttpSession.request() is the hot path: a call without extras prepares nothing and makes no
object but the answer. Everything that is not a plain success goes through a Chain.
"""
import json as json_module
import re
from collections.abc import Callable
from contextlib import contextmanager
from functools import cache
from time import time

from gevent.timeout import Timeout

from locust import _engine, _hub
from locust._fast.body import (
    JSON_HEADERS,
    Outgoing,
    check_url,
    is_sendable,
    sendable,
    split_credentials,
    texts_of,
)
from locust._fast.chain import Chain
from locust._fast.cookies import FastCookies
from locust._fast.errors import (  # noqa: F401
    FAILURE_EXCEPTIONS,
    BadStatusCode,
    ConnectionError,
    HTTPConnectionClosed,
    HTTPParseError,
    LocustBadStatusCode,
    RetriesExceeded,
    name_not_known,
)
from locust._fast.headers import Headers
from locust._fast.response import (  # noqa: F401
    ErrorResponse,
    FastRequest,
    FastResponse,
    ResponseContextManager,
    RestResponseContextManager,
    StreamedContextManager,
    StreamedResponse,
    nothing,
)
from locust._fast.transport import (
    HTTPClientPool,
    gate_of,
    insecure_ssl_context_factory,
    settings_of,
    transport_of,
)
from locust._http.requests_api import basic_auth_value
from locust._renamed import FastHttpLocust as FastHttpLocust
from locust.user.rest import RestMixin
from locust.user.users import User

absolute_http_url_regexp = re.compile(r"^https?://", re.I)
_USER_AGENT = "python/gevent-http-client-2.6.1"
_ACCEPT_ENCODING = "gzip, deflate, br"


class LocustUserAgent:
    """The settings of a session that can be changed while it is used: `default_headers`, go with
    every request; `max_redirects`; `max_retries`, after a timeout. valid_response_codes counts when
    a session is made."""

    valid_response_codes = frozenset((*range(200, 209), 226, 301, 302, 303, 304, 307, 308))
    redirect_response_codes = frozenset((301, 302, 303, 307, 308))

    def __init__(self, client_pool, max_redirects: int = 3, max_retries: int = 3, headers=None):
        self.clientpool = client_pool
        self.max_redirects = max_redirects
        self.max_retries = max_retries
        self.default_headers = Headers({"User-Agent": _USER_AGENT})
        self.default_headers.update(headers)
        self.default_headers["Accept-Encoding"] = _ACCEPT_ENCODING


class FastHttpSession:
    """A user's client. `base_url` may carry credentials; `request_event` is the hook that samples
    are fired on; other keywords are settings of the client pool, max_redirects, max_retries and
    headers (default headers)."""

    auth_header: str | None = None

    def __init__(
        self,
        base_url: str | None,
        request_event,
        user: User | None,
        insecure: bool = True,
        client_pool: HTTPClientPool | None = None,
        ssl_context_factory: Callable | None = None,
        **kwargs,
    ) -> None:
        if not hasattr(request_event, "recorder"):
            request_event.recorder = None  # a hook of the locustfile's own
        self.request_event = request_event
        self.user = user
        self.user_class = type(user).__name__ if user else ""
        self.request_name: str | None = None
        agent = {key: kwargs.pop(key) for key in ("max_redirects", "max_retries", "headers")
                 if key in kwargs}
        pool = client_pool or HTTPClientPool(
            insecure=insecure, ssl_context_factory=ssl_context_factory, **kwargs)
        settings = settings_of(pool)
        self.client = LocustUserAgent(pool, **agent)
        self.base_url, credentials = split_credentials(base_url)
        if credentials:
            self.auth_header = basic_auth_value(*credentials)
        self.connection_timeout = settings["connection_timeout"]
        self.network_timeout = settings["network_timeout"]
        self._gate = gate_of(pool, client_pool is not None)
        self._plain = _without(
            self.client.valid_response_codes, self.client.redirect_response_codes)
        self._flags = _engine.RETRY
        self._transport = None
        self._engine_session = None
        self._cookiejar: FastCookies | None = None

    # The engine opens at the first use: locustfiles may make sessions before there is a test.

    def _open(self) -> "_engine.Session":
        if self._engine_session is None:
            _hub.ensure_open()
            self._transport = transport_of(settings_of(self.client.clientpool))
            self._engine_session = _engine.Session(self.user_class)
            self._exchange = self._engine_session.request
        return self._engine_session

    def _exchange(self, *arguments):
        """Session.request(), in whose place this method stands until the first call."""
        request = self._open().request
        return request(*arguments[:6], self._transport, *arguments[7:])

    @property
    def cookiejar(self) -> FastCookies:
        if self._cookiejar is None:
            self._cookiejar = FastCookies(self._open, self._forbid_cookies)
            self.client.cookiejar = self._cookiejar
        return self._cookiejar

    def _forbid_cookies(self) -> None:
        self._flags |= _engine.NO_COOKIES

    def close(self) -> None:
        """Closes idle connections."""
        if self._engine_session:
            self._engine_session.close()

    def _build_url(self, path: str) -> str:
        return path if absolute_http_url_regexp.match(path) else f"{self.base_url}{path}"

    @contextmanager
    def rename_request(self, name: str):
        """Requests in the block have this name unless they give one themselves."""
        self.request_name = name
        try:
            yield
        finally:
            self.request_name = None

    def request(
        self,
        method: str,
        url: str,
        name: str | None = None,
        data=None,
        catch_response: bool = False,
        stream: bool = False,
        headers: dict | None = None,
        auth: tuple | None = None,
        json=None,
        allow_redirects: bool = True,
        context: dict = {},
        **kwargs,
    ):
        """One request, and with redirects those that follow from it, as one sample.

        `data`: dict (a form), text, bytes or file; else `json`. `stream`: returns when the headers
        are there. `params` and `files` as in requests. HTTP failures are returned, with status_code
        0 when there was no answer. ValueError for what cannot be sent."""
        request_type = method
        full = f"{self.base_url}{url}" if url[:1] == "/" else self._build_url(url)
        name = name or self.request_name or url
        target, own, body = full, None, None
        if data or auth or kwargs or self.auth_header or (headers and json is not None):
            target, own, body = self._prepare(method, full, data, headers, auth, json, kwargs)
        elif headers:
            own = texts_of(headers)
        elif json is not None:
            own, body = JSON_HEADERS, json_module.dumps(json)
        if not is_sendable(target):
            target = sendable(target)
        kind, flags = FastResponse, self._flags
        if catch_response or stream:
            kind, flags = _kind(catch_response, stream, flags)
        gate = self._gate
        waited = 0.0
        if gate.free > 0:
            gate.free -= 1
        else:
            waited = gate.wait()
        start = time()
        method = method.upper()
        try:
            answer = self._exchange(
                method, target, str(name), self.client.default_headers, own, body,
                self._transport, self.connection_timeout, self.network_timeout, flags, kind)
            if answer.status_code in self._plain:
                milliseconds, error = answer.elapsed_ms, None
            else:
                chain = Chain(self, full, [method, target, str(name), own, body, flags, kind])
                answer = chain.finish(answer, self.client.max_redirects if allow_redirects else 0)
                milliseconds, error = chain.milliseconds, chain.error
        except (Timeout, ValueError) as cut:
            answer = self._without_answer(cut, kind, FastRequest(full, method, own, body))
            milliseconds, error = (time() - start) * 1000, answer.error
        finally:
            gate.leave()
        length = _announced(answer) if stream else answer.body_bytes
        hook = self.request_event
        if not catch_response and hook.recorder and not hook._handlers:
            hook.recorder(request_type, name, milliseconds + waited, length, error)
            return answer
        sample = {
            "request_type": request_type, "name": name, "response_time": milliseconds + waited,
            "response_length": length, "exception": error,
            "context": self._context(context), "start_time": start, "url": full,
        }
        if catch_response:
            answer.arm(self, sample)
        else:
            hook.fire(response=answer, **sample)
        return answer

    def _context(self, context: dict) -> dict:
        return {**self.user.context(), **context} if self.user else context

    def _prepare(self, method, url, data, headers, auth, json, keywords) -> tuple:
        """(URL, headers, body) of a call with extras."""
        common = self.client.default_headers
        out = Outgoing(common, method.upper(), url, data, headers, json, keywords)
        if auth:
            out.authorize(basic_auth_value(auth[0], auth[1]))
        elif self.auth_header:
            out.authorize(self.auth_header)
        return out.url, out.headers, out.body

    def _without_answer(self, cut: BaseException, kind: type, request: FastRequest):
        """A gevent.Timeout of the locustfile is a failure of the request, as in Locust; so is a URL
        without a host. Other mistakes are raised."""
        if isinstance(cut, Timeout):
            error = RetriesExceeded(request.url, self.client.max_retries, original=cut)
        elif check_url(request.url):
            raise cut
        else:
            error = name_not_known()
        return nothing(kind, request, error)

    def get(self, url: str, **kwargs):
        return self.request("GET", url, **kwargs)

    def head(self, url: str, **kwargs):
        return self.request("HEAD", url, **kwargs)

    def options(self, url: str, **kwargs):
        return self.request("OPTIONS", url, **kwargs)

    def delete(self, url: str, **kwargs):
        return self.request("DELETE", url, **kwargs)

    def post(self, url: str, data=None, json=None, **kwargs):
        return self.request("POST", url, data=data, json=json, **kwargs)

    def put(self, url: str, data=None, **kwargs):
        return self.request("PUT", url, data=data, **kwargs)

    def patch(self, url: str, data=None, **kwargs):
        return self.request("PATCH", url, data=data, **kwargs)

    def iter_lines(self, url: str, method: str = "GET", **kwargs):
        """The lines of the answer as they come. What the request fails with is raised."""
        response = self.request(method, url, stream=True, **kwargs)
        try:
            response.raise_for_status()
            yield from response.iter_lines()
        finally:
            response.release()


@cache
def _without(codes: frozenset, others: frozenset) -> frozenset:
    """One set for all users."""
    return codes - others


def _kind(catch_response: bool, stream: bool, flags: int) -> tuple:
    """(class of the answer, flags of the exchange)."""
    if not stream:
        return ResponseContextManager, flags
    kind = StreamedContextManager if catch_response else StreamedResponse
    return kind, flags | _engine.STREAM


def _announced(answer) -> int:
    """The length of a body that is still to come."""
    length = answer.header("content-length")
    return int(length) if length and length.isdigit() else 0


class FastHttpUser(User, RestMixin):
    """A user with `client`, a FastHttpSession."""

    network_timeout: float = 60.0  # seconds of silence while an answer is waited for
    connection_timeout: float = 60.0  # seconds for name, TCP and TLS
    max_redirects: int = 30
    max_retries: int = 0  # after timeouts
    insecure: bool = True  # servers' certificates are not checked
    default_headers: dict | None = None
    concurrency: int = 10  # requests under way at once, for tasks that spawn greenlets
    proxy_host: str | None = None
    proxy_port: int | None = None
    client_pool: HTTPClientPool | None = None  # its settings take the place of those above
    ssl_context_factory: Callable | None = None
    abstract = True

    def __init__(self, environment) -> None:
        super().__init__(environment)
        self.require_host()
        self.client = FastHttpSession(
            base_url=self.host,
            request_event=self.environment.events.request,
            user=self,
            insecure=self.insecure,
            client_pool=self.client_pool,
            ssl_context_factory=self.ssl_context_factory,
            headers=self.default_headers,
            max_redirects=self.max_redirects,
            max_retries=self.max_retries,
            network_timeout=self.network_timeout,
            connection_timeout=self.connection_timeout,
            concurrency=self.concurrency,
            proxy_host=self.proxy_host,
            proxy_port=self.proxy_port,
        )
