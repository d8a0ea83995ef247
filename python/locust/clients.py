# SPDX-License-Identifier: Apache-2.0
"""The client of HttpUser: requests' Session by its surface, the engine below it.

A plain call (headers, json, text) goes straight to the engine; whatever needs more becomes a Call
(_http/call.py). Both end in _conclude(), which reports the sample. Session attributes that make
every call special are properties, so that a plain call asks one flag instead of six attributes.
"""
import logging
import re
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

from locust import _engine, _hub
from locust._http import requests_api
from locust._http.call import Call, redirected
from locust._http.catch import ResponseContextManager, answer_of
from locust._http.cookies import SessionCookies, jar_of
from locust._http.headers import Headers, SessionHeaders, merged
from locust._http.plain import PlainCalls
from locust._http.prepare import Prepared
from locust._http.requests_api import HTTPBasicAuth
from locust._http.response import Response
from locust._http.transport import transport_without_checks
from locust._http.url import credentials, path_url, prepared_url, without_credentials
from locust.log import warn_once

LocustResponse = Response

_logger = logging.getLogger(__name__)
_ABSOLUTE = re.compile(r"^https?://", re.I)
_UNUSABLE = (requests_api.MissingSchema, requests_api.InvalidSchema, requests_api.InvalidURL)
_KNOWN_BASES_MAX = 256
# Of all sessions: base_url -> URL as tasks write it -> (absolute and quoted, path and query).
_targets_of: dict = {}


def _plain_path_of(base_url) -> str | None:
    """The path in a base URL; None when URLs below it cannot be made by appending."""
    if not base_url or "@" in base_url or "?" in base_url or "#" in base_url:
        return None
    try:
        url = prepared_url(base_url + "/")
    except _UNUSABLE:
        return None
    return path_url(url)[:-1] if url == base_url + "/" else None


class HttpSession(PlainCalls, requests_api.BaseSession):
    """`base_url` goes before every URL that is not absolute; a name and password in it become basic
    authentication. `user` gives its class' name to the samples and context() to the events."""

    def __init__(self, base_url, request_event, user=None, *, pool_manager=None):
        if not hasattr(request_event, "recorder"):
            request_event.recorder = None  # a hook of the locustfile's own
        self.request_event = request_event
        self.user = user
        self.user_class = type(user).__name__ if user is not None else ""
        self.request_name: str | None = None
        self.params: dict = {}
        self.proxies: dict = {}
        self.hooks: dict = {"response": []}
        self.max_redirects = 30
        self.trust_env = False
        self.adapters: OrderedDict = OrderedDict()
        self._headers = SessionHeaders(requests_api.default_headers())
        self._auth = self._cert = None
        self._verify = True
        self._stream = False
        self._transport = None
        self._plain = True
        self._session: _engine.Session | None = None
        self._request = self._first_request
        self._cookies: SessionCookies | None = None
        self.base_url = self._take_credentials(base_url)
        if pool_manager is not None:
            warn_once(_logger, "pool_manager is not used: every user has connections of its own")

    def __init_subclass__(cls, **keywords):
        """In requests every call goes through request(): one that is overridden sees them all."""
        super().__init_subclass__(**keywords)
        if "request" in vars(cls):
            for name, method in _THROUGH_REQUEST.items():
                if name not in vars(cls):
                    setattr(cls, name, method)

    def _take_credentials(self, base_url):
        parts = urlsplit(base_url) if base_url and "@" in base_url else None
        if parts is None or not (parts.username and parts.password):
            return base_url
        self.auth = HTTPBasicAuth(parts.username, parts.password)
        return without_credentials(base_url)

    # The engine's session: opened by the first use, since clients may be made at import.

    def engine_session(self) -> _engine.Session:
        if self._session is None:
            _hub.ensure_open()
            self._session = _engine.Session(self.user_class)
            self._request = self._session.request
        return self._session

    def _first_request(self, *arguments):
        return self.engine_session().request(*arguments)

    # Attributes

    @property
    def base_url(self):
        return self._base_url

    @base_url.setter
    def base_url(self, value):
        self._base_url = value
        if len(_targets_of) >= _KNOWN_BASES_MAX:
            _targets_of.clear()
        self._targets = _targets_of.setdefault(value, {})
        self._base_path = _plain_path_of(value)

    @property
    def headers(self):
        return self._headers

    @headers.setter
    def headers(self, value):
        authorization = self._headers._authorization
        self._headers = SessionHeaders(value)
        self._headers.set_authorization(authorization)

    @property
    def cookies(self) -> SessionCookies:
        if self._cookies is None:
            self._cookies = SessionCookies(self.engine_session)
        return self._cookies

    @cookies.setter
    def cookies(self, value):
        new = list(jar_of(value))
        self.cookies.clear()
        for cookie in new:
            self.cookies.set_cookie(cookie)

    @property
    def auth(self):
        return self._auth

    @auth.setter
    def auth(self, value):
        self._auth = value
        if type(value) is HTTPBasicAuth:
            value = (value.username, value.password)
        basic = isinstance(value, tuple) and len(value) == 2
        self._headers.set_authorization(requests_api.basic_auth_value(*value) if basic else None)
        self._look()

    @property
    def verify(self):
        return self._verify

    @verify.setter
    def verify(self, value):
        self._verify = value
        self._look()

    @property
    def cert(self):
        return self._cert

    @cert.setter
    def cert(self, value):
        self._cert = value
        self._look()

    @property
    def stream(self):
        return self._stream

    @stream.setter
    def stream(self, value):
        self._stream = value
        self._look()

    def _look(self) -> None:
        """What the plain path can do by itself: basic authentication and verify=False."""
        basic = not self._auth or self._headers._authorization is not None
        simple = isinstance(self._verify, bool) and not self._cert
        self._plain = basic and simple and not self._stream
        self._transport = transport_without_checks() if simple and not self._verify else None

    # Calls that are not plain

    def _build_url(self, path) -> str:
        return path if _ABSOLUTE.match(path) else f"{self.base_url}{path}"

    def _careful(self, answer, call, catch_response, seconds, follows):
        """A plain call that was answered by something else than success, or that is listened to.
        `call`: the last arguments of _conclude()."""
        answer._session = self
        status = answer.status_code
        if status == 0 or follows and 300 <= status < 400:
            rest = self._new_call(call[1], catch_response)
            rest.connect_timeout = rest.read_timeout = seconds or None
            try:
                answer = rest.go_on(answer)
            except _UNUSABLE:
                raise
            except requests_api.RequestException as error:
                answer = answer_of(error, rest)
        return self._conclude(answer, *call)

    def _new_call(self, tag: str, catch_response: bool) -> Call:
        self.engine_session()
        call = Call(self._request, tag, ResponseContextManager if catch_response else Response)
        call.verify, call.cert, call.proxies = self._verify, self._cert, self.proxies
        call.stream = self._stream
        call.max_redirects = self.max_redirects
        call.jar = self.cookies
        return call

    def _call(
        self,
        method,
        url,
        name=None,
        catch_response=False,
        context=None,
        headers=None,
        data=None,
        json=None,
        *,
        allow_redirects=True,
        timeout=None,
        proxies=None,
        stream=None,
        verify=None,
        cert=None,
        **parts,
    ):
        """The way of every call that is not plain. `parts`: as in _prepare()."""
        call = self._new_call("", catch_response)
        call.set_options(timeout, proxies, stream, verify, cert)
        prepared = Prepared((method or "GET").upper(), self._build_url(url), Headers())
        prepared.prepare_url(prepared.url, self._params(parts.pop("params", None)))
        try:
            self._prepare(prepared, headers, data, json, **parts)
            tag = call.tag = name or self.request_name or prepared.path_url
            url = prepared.url
            answer = call.run(prepared, allow_redirects)
        except _UNUSABLE:
            raise
        except requests_api.RequestException as error:
            tag = name or self.request_name or prepared.path_url
            url = prepared.url
            answer = answer_of(error, call)
        return self._conclude(answer, method, tag, url, context)

    def _params(self, params):
        if not self.params or not params:
            return params or self.params
        if not isinstance(params, Mapping):
            return params
        return {**self.params, **params}

    def _prepare(
        self, prepared, headers, data, json, *, cookies=None, files=None, auth=None, hooks=None
    ) -> None:
        """In requests' order, which is that of the headers on the wire."""
        prepared.headers = merged(self._headers, headers)
        if cookies:
            jar = self.cookies.copy()
            jar.update(jar_of(cookies))
            prepared.prepare_cookies(jar)
        prepared.prepare_body(data, files, json)
        prepared.prepare_auth(auth or self._auth or credentials(prepared.url))
        own = hooks and hooks.get("response")
        prepared.register_hook("response", own or self.hooks["response"])

    def _conclude(self, answer, method, tag, url, context):
        """Reports the sample, or leaves that to the with-block."""
        answer._session, answer._context = self, context
        answer._kind, answer._name, answer._first_url = method, tag, url
        if isinstance(answer, ResponseContextManager):
            answer._armed = True
            return answer
        exception = answer.cause
        if answer.status_code >= 400:
            exception = answer.http_error(tag)
        hook = self.request_event
        if hook._handlers:
            meta = answer.request_meta
            meta["exception"] = exception
            hook.fire(**meta)
        elif hook.recorder:
            hook.recorder(method, tag, answer.chain_ms(), answer.length(), exception)
        return answer

    def full_context(self, context: dict | None) -> dict:
        """The user's context() and the call's."""
        base = self.user.context() if hasattr(self.user, "context") else {}
        return {**base, **(context or {})}

    def next_request(self, answer: Response) -> Prepared:
        return redirected(answer, self.cookies)

    # What else requests offers

    @contextmanager
    def rename_request(self, name: str):
        """All requests in the block have this name in the statistics."""
        self.request_name = name
        try:
            yield
        finally:
            self.request_name = None

    def mount(self, prefix: str, adapter) -> None:
        """Kept, but the engine sends."""
        self.adapters[prefix] = adapter
        warn_once(
            _logger,
            f"HttpSession.mount({prefix!r}, {type(adapter).__name__}): the adapter is not used, the"
            " engine sends; retries, pool sizes and TLS settings of the adapter have no effect",
        )

    def get_adapter(self, url: str):
        """The mounted adapter with the longest prefix of `url`."""
        for prefix in sorted(self.adapters, key=len, reverse=True):
            if url.lower().startswith(prefix.lower()):
                return self.adapters[prefix]
        raise requests_api.InvalidSchema(f"No connection adapters were found for {url!r}")

    def prepare_request(self, request) -> Prepared:
        """Of a requests.Request, with what the session adds."""
        prepared = Prepared(request.method.upper(), request.url, Headers())
        prepared.prepare_url(request.url, self._params(request.params))
        self._prepare(
            prepared,
            request.headers,
            request.data,
            request.json,
            cookies=request.cookies,
            files=request.files,
            auth=request.auth,
            hooks=request.hooks,
        )
        return prepared

    def send(self, request, *, allow_redirects=True, timeout=None, stream=None, proxies=None,
             verify=None, cert=None):
        """Sends what prepare_request() made. As in Locust it is not in the statistics."""
        if not isinstance(request, Prepared):
            prepared = Prepared(request.method, request.url, Headers(request.headers))
            prepared.body, prepared.hooks = request.body, request.hooks
            request = prepared
        call = self._new_call(request.path_url, False)
        call.set_options(timeout, proxies, stream, verify, cert)
        answer = call.run(request, allow_redirects)
        answer._session = self
        return answer

    def close(self) -> None:
        """Closes idle connections; the session stays usable."""
        if self._session is not None:
            self._session.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def _through_request(method: str, *positional: str, **defaults):
    """get() and its like as requests has them, for subclasses with a request() of their own."""

    def call(self, url, *arguments, **keywords):
        if len(arguments) > len(positional):
            raise TypeError(f"{method}: too many arguments by position; name them")
        keywords.update(zip(positional, arguments))
        return self.request(method, url, **{**defaults, **keywords})

    return call


_THROUGH_REQUEST = {
    "get": _through_request("GET"),
    "post": _through_request("POST", "data", "json"),
    "put": _through_request("PUT", "data"),
    "patch": _through_request("PATCH", "data"),
    "delete": _through_request("DELETE"),
    "options": _through_request("OPTIONS"),
    "head": _through_request("HEAD", allow_redirects=False),
}
