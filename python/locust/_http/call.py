# SPDX-License-Identifier: Apache-2.0
"""One call of a task that is not plain: its exchanges, one a hop, by requests' rules for redirects,
hooks and authentication.

To objects written for requests it is also the `connection` of its answers.
"""
from urllib.parse import urldefrag, urljoin, urlsplit, urlunsplit

from locust import _engine
from locust._http import requests_api
from locust._http.cookies import CallCookies
from locust._http.failures import failure_of
from locust._http.prepare import Prepared
from locust._http.response import Response
from locust._http.transport import proxy_for, timeouts, transport_for
from locust._http.url import prepared_url, requoted, without_credentials

_DEFAULT_PORTS = {"http": 80, "https": 443}
_BODY_HEADERS = ("Content-Length", "Content-Type", "Transfer-Encoding")


class Call:
    """`exchange`: request() of the engine's session. `jar`: its cookies."""

    def __init__(self, exchange, tag: str, answer_type: type = Response):
        self.exchange = exchange
        self.tag = tag
        self.answer_type = answer_type
        self.connect_timeout = self.read_timeout = None
        self.stream = False
        self.verify = True
        self.cert = None
        self.proxies: dict = {}
        self.max_redirects = 30
        self.jar = None
        self.elapsed_ms = 0.0

    def set_options(self, timeout, proxies, stream, verify, cert) -> None:
        """Of one call; None: as the session has it."""
        self.connect_timeout, self.read_timeout = timeouts(timeout)
        if proxies:
            self.proxies = {**self.proxies, **proxies}
        self.stream = self.stream if stream is None else stream
        self.verify = self.verify if verify is None else verify
        self.cert = self.cert if cert is None else cert

    def send(self, prepared: Prepared, **_) -> Response:
        """One exchange. What requests raises for a failed one carries the answer as `answer`."""
        url = prepared.url
        if not url[:8].lower().startswith(("http://", "https://")):
            raise requests_api.InvalidSchema(f"No connection adapters were found for {url!r}")
        transport = transport_for(url, self.verify, self.cert, self.proxies)
        answer = self._exchange(prepared, transport)
        self.elapsed_ms += answer.elapsed_ms
        answer._chain_ms = self.elapsed_ms
        answer._streamed = self.stream
        answer._request = prepared
        answer.connection = self
        if answer.status_code == 0:
            raise self.failed(answer)
        return answer

    def _exchange(self, prepared: Prepared, transport) -> Response:
        try:
            return self.exchange(
                prepared.method,
                without_credentials(prepared.url),
                self.tag,
                None,
                dict(prepared.headers.items()),
                prepared.sent_body(),
                transport,
                float(self.connect_timeout or 0),
                float(self.read_timeout or 0),
                _engine.STREAM if self.stream else 0,
                self.answer_type,
            )
        except UnicodeEncodeError:
            raise
        except ValueError as error:
            raise _refusal(error, prepared) from None

    def failed(self, answer: Response) -> Exception:
        proxied = proxy_for(answer.url, self.proxies) is not None
        error, cause = failure_of(answer, self.connect_timeout, self.read_timeout, proxied)
        error.request = answer.request
        error.cause = cause
        error.answer = answer
        return error

    def go_on(self, answer: Response) -> Response:
        """From the answer of a plain call: its failure, or where it redirects to."""
        self.elapsed_ms = answer.elapsed_ms
        if answer.status_code == 0:
            raise self.failed(answer)
        return self.follow(answer)

    def run(self, prepared: Prepared, follows: bool) -> Response:
        return self.follow(self._hooked(prepared), follows)

    def _hooked(self, prepared: Prepared) -> Response:
        answer = self.send(prepared)
        hooks = prepared.hooks.get("response") or ()
        for hook in [hooks] if callable(hooks) else list(hooks):
            changed = hook(
                answer,
                timeout=(self.connect_timeout, self.read_timeout),
                verify=self.verify,
                proxies=self.proxies,
                stream=self.stream,
                cert=self.cert,
            )
            answer = answer if changed is None else changed
        return answer

    def follow(self, answer: Response, follows: bool = True) -> Response:
        """On to where a redirect leads; the answers on the way become the last one's history."""
        history = list(answer.history)
        while follows and answer.is_redirect:
            if len(history) >= self.max_redirects:
                answer.close()
                raise requests_api.TooManyRedirects(
                    f"Exceeded {self.max_redirects} redirects.", response=answer
                )
            prepared = redirected(answer, self.jar)
            if self.stream:
                answer.content  # the connection is wanted for the next one
            history.append(answer)
            answer = self._hooked(prepared)
            answer.history = history[:] + list(answer.history)
        return answer


def _refusal(error: ValueError, prepared: Prepared) -> Exception:
    """What the engine cannot send, in requests' classes."""
    if str(error).startswith("header"):
        return requests_api.InvalidHeader(str(error), request=prepared)
    return requests_api.InvalidURL(str(error), request=prepared)


def _method(status: int, method: str) -> str:
    if method != "HEAD" and (status in (302, 303) or status == 301 and method == "POST"):
        return "GET"
    return method


def _target(answer: Response) -> str:
    location = answer.header("location").encode("latin-1").decode("utf-8", "replace")
    base = answer.request.url
    if location.startswith("//"):
        location = urlsplit(base).scheme + ":" + location
    parts = urlsplit(location)
    if not parts.fragment:
        location = urlunsplit(parts._replace(fragment=urldefrag(base)[1]))
    if not parts.netloc:
        location = urljoin(base, requoted(location))
    return prepared_url(location) if location.lower().startswith("http") else location


def _loses_authorization(old: str, new: str) -> bool:
    old_parts, new_parts = urlsplit(old), urlsplit(new)
    if old_parts.hostname != new_parts.hostname:
        return True
    ports = [parts.port or _DEFAULT_PORTS.get(parts.scheme) for parts in (old_parts, new_parts)]
    schemes = [old_parts.scheme, new_parts.scheme]
    if schemes == ["http", "https"] and ports == [80, 443]:
        return False
    return schemes[0] != schemes[1] or ports[0] != ports[1]


def redirected(answer: Response, jar: object | None) -> Prepared:
    """The request that a redirect asks for."""
    old = answer.request
    prepared = old.copy()
    prepared.url = _target(answer)
    prepared.method = _method(answer.status_code, old.method)
    if answer.status_code not in (307, 308):
        for name in _BODY_HEADERS:
            prepared.headers.pop(name, None)
        prepared.body = prepared.wire_body = None
    prepared.headers.pop("Cookie", None)
    if old._cookies is not None:
        cookies = CallCookies()
        cookies.update(old._cookies)
        cookies.update(answer.cookies)
        if jar is not None:
            cookies.update(jar)
        prepared.prepare_cookies(cookies)
    if "Authorization" in prepared.headers and _loses_authorization(old.url, prepared.url):
        del prepared.headers["Authorization"]
    return prepared
