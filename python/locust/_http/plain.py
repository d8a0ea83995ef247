# SPDX-License-Identifier: Apache-2.0
"""get(), post() and the others, and the plain path that most calls of a load test take: headers,
a body, a timeout go straight to the engine. Whatever needs more becomes a Call.
"""
import re

from locust._http.catch import ResponseContextManager
from locust._http.prepare import encode_json
from locust._http.response import Response
from locust._http.transport import transport_without_checks
from locust._http.url import encoded_form, path_url, prepared_url

_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_NO_BODY = {"Content-Length": "0"}
_KNOWN_URLS_MAX = 4096
_PLAIN_PATH = re.compile(
    r"/(?:[A-Za-z0-9_~!$&'()*+,;=:@/-]|(?<!/)\.)*(?:\?[A-Za-z0-9._~!$&'()*+,;=:@/?-]+)?"
)


def _with_body(headers: dict | None, length: int, content_type: str, typed: bool) -> dict:
    """In the order in which requests sends them. `typed`: the session says the content type."""
    result = {} if headers is None else dict(headers)
    result["Content-Length"] = str(length)
    if not typed:
        for name in result:
            if len(name) == 12 and name.lower() == "content-type":
                return result
        result["Content-Type"] = content_type
    return result


def _authorizes(headers) -> bool:
    return any(name.lower() == "authorization" for name in headers)


def _keywords(seconds=0, follows=True, transport=None) -> dict:
    """The same for a Call."""
    keywords = {"timeout": seconds or None, "allow_redirects": follows}
    if transport is not None:
        keywords["verify"] = False
    return keywords


class PlainCalls:
    """What HttpSession does without looking twice; its attributes are HttpSession's."""

    def get(self, url, *, headers=None, name=None, catch_response=False, context=None, **unusual):
        """GET. Keywords beyond those of requests: name, catch_response, context."""
        if unusual:
            return self.request(
                "GET", url, name, catch_response, context, headers=headers, **unusual
            )
        return self._go("GET", url, headers, None, name, catch_response, context)

    def post(
        self,
        url,
        data=None,
        json=None,
        *,
        headers=None,
        name=None,
        catch_response=False,
        context=None,
        **unusual,
    ):
        """POST."""
        if unusual:
            return self._special(
                "POST", url, data, json, headers, name, catch_response, context, unusual
            )
        return self._go_body("POST", url, data, json, headers, name, catch_response, context)

    def put(
        self,
        url,
        data=None,
        *,
        json=None,
        headers=None,
        name=None,
        catch_response=False,
        context=None,
        **unusual,
    ):
        """PUT."""
        if unusual:
            return self._special(
                "PUT", url, data, json, headers, name, catch_response, context, unusual
            )
        return self._go_body("PUT", url, data, json, headers, name, catch_response, context)

    def patch(
        self,
        url,
        data=None,
        *,
        json=None,
        headers=None,
        name=None,
        catch_response=False,
        context=None,
        **unusual,
    ):
        """PATCH."""
        if unusual:
            return self._special(
                "PATCH", url, data, json, headers, name, catch_response, context, unusual
            )
        return self._go_body("PATCH", url, data, json, headers, name, catch_response, context)

    def delete(self, url, **keywords):
        """DELETE."""
        return self.request("DELETE", url, **keywords)

    def options(self, url, **keywords):
        """OPTIONS."""
        return self.request("OPTIONS", url, **keywords)

    def head(self, url, *, allow_redirects=False, **keywords):
        """HEAD; redirects are not followed unless asked for."""
        return self.request("HEAD", url, allow_redirects=allow_redirects, **keywords)

    def request(
        self,
        method,
        url,
        name=None,
        catch_response=False,
        context=None,
        *,
        data=None,
        json=None,
        headers=None,
        **unusual,
    ):
        """Any method."""
        return self._special(
            method, url, data, json, headers, name, catch_response, context, unusual
        )

    def _special(self, method, url, data, json, headers, name, catch_response, context, unusual):
        """With keywords, of which the plain path knows a few."""
        quick = self._quick(method, url, unusual)
        if quick is None:
            return self._call(
                method, url, name, catch_response, context, headers, data, json, **unusual
            )
        url, *options = quick
        return self._go_body(
            method, url, data, json, headers, name, catch_response, context, *options
        )

    def _quick(self, method, url, unusual) -> tuple | None:
        """(URL, timeout, whether redirects are followed, transport); None: not a plain call."""
        seconds, follows, transport = 0, True, None
        if not method.isupper():
            return None
        for key, value in unusual.items():
            if key == "timeout" and type(value) in (int, float) and value > 0:
                seconds = value
            elif key == "allow_redirects":
                follows = bool(value)
            elif key == "verify" and value is False:
                transport = transport_without_checks()
            elif key == "params" and type(value) is dict and not self.params and "#" not in url:
                if extra := encoded_form(value):
                    url = f"{url}{'&' if '?' in url else '?'}{extra}"
            else:
                return None
        return url, seconds, follows, transport

    def _go_body(
        self, method, url, data, json, headers, name, catch_response, context, *options
    ):
        """With JSON, a form, text or none."""
        plain = headers is None or type(headers) is dict
        body = content_type = None
        if data:
            if type(data) is dict:
                body, content_type = encoded_form(data), _FORM
            elif type(data) in (str, bytes):
                body = data
        elif json is not None:
            try:
                body, content_type = encode_json(json), _JSON
            except ValueError:
                pass  # told by _call()
        if plain and (body or not data and json is None):
            if content_type:
                typed = "content-type" in self._headers._store
                headers = _with_body(headers, len(body), content_type, typed)
            elif not body and method not in ("GET", "HEAD", "POST"):
                headers = {**headers, **_NO_BODY} if headers else _NO_BODY
            return self._go(
                method, url, headers, body, name, catch_response, context, *options
            )
        return self._call(
            method, url, name, catch_response, context, headers, data, json, **_keywords(*options)
        )

    def _go(
        self,
        method,
        url,
        headers,
        body,
        name,
        catch_response,
        context,
        seconds=0,
        follows=True,
        transport=None,
    ):
        """The plain path: everything that a load test does most."""
        target = self._targets.get(url) or self._target(url)
        if (
            not self._plain
            or target is None
            or self.params
            or self.proxies
            or self.hooks["response"]
            or (self._auth and headers and _authorizes(headers))
        ):
            return self._call(
                method,
                url,
                name,
                catch_response,
                context,
                headers,
                body,
                **_keywords(seconds, follows, transport),
            )
        tag = name or self.request_name or target[1]
        store = self._headers
        try:
            answer = self._request(
                method,
                target[0],
                tag,
                store._wire or store.make_wire(),
                headers,
                body,
                transport or self._transport,
                seconds,
                seconds,
                0,
                ResponseContextManager if catch_response else Response,
            )
        except (ValueError, TypeError):
            answer = None  # what the long way raises shall not show this as its cause
        if answer is None:
            return self._call(
                method,
                url,
                name,
                catch_response,
                context,
                headers,
                body,
                **_keywords(seconds, follows, transport),
            )
        status = answer.status_code
        hook = self.request_event
        if not 200 <= status < 300 or hook._handlers:
            call = (method, tag, target[0], context)
            return self._careful(answer, call, catch_response, seconds, follows)
        if catch_response:
            answer._armed = True
            answer._session = self
            answer._kind = method
            answer._name = tag
            answer._context = context
            return answer
        answer._name = tag
        if hook.recorder:
            hook.recorder(method, tag, answer.elapsed_ms, answer.body_bytes, None)
        return answer

    def _target(self, url) -> tuple[str, str] | None:
        """None for a URL with credentials in it, and for none of HTTP."""
        if self._base_path is not None and _PLAIN_PATH.fullmatch(url):
            return self._base_url + url, self._base_path + url
        absolute = prepared_url(self._build_url(url))
        if not absolute.startswith("http") or "@" in absolute.split("/", 3)[2]:
            return None
        if len(self._targets) >= _KNOWN_URLS_MAX:
            self._targets.clear()
        self._targets[url] = target = (absolute, path_url(absolute))
        return target
