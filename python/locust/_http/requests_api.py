# SPDX-License-Identifier: Apache-2.0
"""What locustfiles know of requests: its exceptions, default headers and basic authentication.

When requests is installed these are its own, so `except requests.exceptions.ConnectionError`
around self.client catches what the client raises; otherwise classes of the same names and bases
stand in for them.
"""
import base64
import json

try:
    from requests import Response as BaseResponse
    from requests import Session as BaseSession
    from requests import exceptions as _real
    from requests.utils import default_headers
except ImportError:
    _real = None

    class BaseSession:
        """What `isinstance(client, requests.Session)` asks for."""

    class BaseResponse:
        """The same for answers."""

    def default_headers() -> dict[str, str]:
        """What a new session sends with every request."""
        return {
            "User-Agent": "python-requests/2.32.5",
            "Accept-Encoding": "gzip, deflate",
            "Accept": "*/*",
            "Connection": "keep-alive",
        }


if _real is None:

    class RequestException(IOError):
        def __init__(self, *args, **keywords):
            self.response = keywords.pop("response", None)
            self.request = keywords.pop("request", None)
            super().__init__(*args)

    class InvalidJSONError(RequestException):
        pass

    class JSONDecodeError(InvalidJSONError, json.JSONDecodeError):
        def __init__(self, *args, **keywords):
            json.JSONDecodeError.__init__(self, *args)
            self.response, self.request = keywords.get("response"), keywords.get("request")

    class HTTPError(RequestException):
        pass

    class ConnectionError(RequestException):
        pass

    class ProxyError(ConnectionError):
        pass

    class SSLError(ConnectionError):
        pass

    class Timeout(RequestException):
        pass

    class ConnectTimeout(ConnectionError, Timeout):
        pass

    class ReadTimeout(Timeout):
        pass

    class TooManyRedirects(RequestException):
        pass

    class MissingSchema(RequestException, ValueError):
        pass

    class InvalidSchema(RequestException, ValueError):
        pass

    class InvalidURL(RequestException, ValueError):
        pass

    class InvalidHeader(RequestException, ValueError):
        pass

    class InvalidProxyURL(InvalidURL):
        pass

    class ChunkedEncodingError(RequestException):
        pass

    class ContentDecodingError(RequestException):
        pass

    class StreamConsumedError(RequestException, TypeError):
        pass

else:
    RequestException = _real.RequestException
    InvalidJSONError = _real.InvalidJSONError
    JSONDecodeError = _real.JSONDecodeError
    HTTPError = _real.HTTPError
    ConnectionError = _real.ConnectionError
    ProxyError = _real.ProxyError
    SSLError = _real.SSLError
    Timeout = _real.Timeout
    ConnectTimeout = _real.ConnectTimeout
    ReadTimeout = _real.ReadTimeout
    TooManyRedirects = _real.TooManyRedirects
    MissingSchema = _real.MissingSchema
    InvalidSchema = _real.InvalidSchema
    InvalidURL = _real.InvalidURL
    InvalidHeader = _real.InvalidHeader
    InvalidProxyURL = _real.InvalidProxyURL
    ChunkedEncodingError = _real.ChunkedEncodingError
    ContentDecodingError = _real.ContentDecodingError
    StreamConsumedError = _real.StreamConsumedError


def basic_auth_value(username, password) -> str:
    """The Authorization header; str is sent as latin-1, anything else as its text."""
    parts = []
    for part in (username, password):
        if not isinstance(part, (str, bytes)):
            part = str(part)
        parts.append(part.encode("latin1") if isinstance(part, str) else part)
    return "Basic " + base64.b64encode(b":".join(parts)).decode("ascii")


try:
    from requests.auth import HTTPBasicAuth
except ImportError:

    class HTTPBasicAuth:
        """Puts a name and password on a request."""

        def __init__(self, username, password):
            self.username = username
            self.password = password

        def __call__(self, request):
            request.headers["Authorization"] = basic_auth_value(self.username, self.password)
            return request
