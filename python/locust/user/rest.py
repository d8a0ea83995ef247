# SPDX-License-Identifier: Apache-2.0
"""rest() and rest_(): a request for JSON whose block judges the answer."""
import time
import traceback
from contextlib import contextmanager

from locust._fast.body import JSON_HEADERS, has_header

_SHOWN = 200
_SHOWN_OF_BAD_JSON = 250


def _place(error: Exception) -> str:
    """The lines of the block's files through which `error` came, outermost first."""
    frames = traceback.extract_tb(error.__traceback__)[1:]
    frames = [frame for frame in frames if frame.filename.startswith("/")] or frames
    return ", ".join(f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in frames)


def _read_json(response) -> None:
    response.js = None
    if response.status_code == 0:
        response.failure(str(response.error))
    elif response.text:
        try:
            response.js = response.json()
        except ValueError as error:  # requests has its own JSONDecodeError
            response.failure(
                f"Could not parse response as JSON. {response.text[:_SHOWN_OF_BAD_JSON]}, "
                f"response code {response.status_code}, error {error}")


def _shown(response) -> str:
    return str(response.text)[:_SHOWN]


def _assertion(error: AssertionError, response) -> str:
    """A message that ends with a comma wants the response after it."""
    message = str(error.args[0]) if error.args else "Assertion failed"
    return f"{message} response was {_shown(response)}" if message.endswith(",") else message


class RestMixin:
    """For users whose `client` has request()."""

    @contextmanager
    def rest(self, method, url, headers: dict | None = None, **kwargs):
        """The response with `js`, the parsed body (None without one). Whatever the block raises
        makes the request a failure and goes no further."""
        headers = dict(headers or {})
        for name, value in JSON_HEADERS.items():
            if not has_header(headers, name.lower()):
                headers[name] = value
        with self.client.request(method, url, catch_response=True, headers=headers,
                                 **kwargs) as response:
            _read_json(response)
            try:
                yield response
            except AssertionError as error:
                response.failure(_assertion(error, response))
            except Exception as error:
                response.failure(f"{type(error).__name__}: {error} at {_place(error)}. "
                                 f"Response was {_shown(response)}")

    @contextmanager
    def rest_(self, method, url, name=None, **kwargs):
        """As rest(), with a query field `_` that no cache knows; it is not part of the name."""
        separator = "&" if "?" in url else "?"
        with self.rest(method, f"{url}{separator}_={int(time.time() * 1000)}",
                       name=name or f"{url}{separator}_=...", **kwargs) as response:
            yield response
