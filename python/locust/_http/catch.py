# SPDX-License-Identifier: Apache-2.0
"""catch_response=True: the task judges the answer in a with-block.

Locust never reports a request whose block raised before it was judged, nor one without a block.
So does this, but it says so once for each name and counts them.
"""

from locust import _engine
from locust._generator.lost import lose
from locust._http import requests_api
from locust._http.call import Call
from locust._http.response import Response
from locust.exception import CatchResponseError, LocustError, ResponseError

class ResponseContextManager(Response):
    """An answer that is reported when its block ends."""

    _armed = False  # the request is over and not yet reported
    _entered = False
    _judgement = None  # None, True or the exception of failure()

    def __enter__(self) -> "ResponseContextManager":
        self._entered = True
        return self

    def __exit__(self, exc_type, exc, traceback) -> bool | None:
        self._armed = False
        if self._judgement is not None:
            self._report(None if self._judgement is True else self._judgement)
            _engine.check(self._session.user_class, self._name, self._judgement is True)
            return exc is None
        if exc_type is None:
            self._report(self._verdict())
            return True
        if isinstance(exc, ResponseError):
            self._report(exc)
            return True
        if isinstance(exc, Exception):
            lose(self._kind, self._name, f"its with-block raised {exc!r} before it was judged")
        return False

    def _verdict(self) -> Exception | None:
        status = self.status_code
        if 0 < status < 400:
            return None
        return self.cause if status == 0 else self.http_error(self._name)

    def _report(self, exception: Exception | None) -> None:
        hook = self._session.request_event
        meta = self._meta
        if meta is None and not hook._handlers:
            if hook.recorder:
                hook.recorder(self._kind, self._name, self.chain_ms(), self.length(), exception)
            return
        meta = self.request_meta
        meta["exception"] = exception
        hook.fire(**meta)

    def success(self) -> None:
        """The request counts as good, whatever its status is."""
        if not self._entered:
            raise LocustError(no_block("success()"))
        self._judgement = True

    def failure(self, exc) -> None:
        """`exc`: an exception, or anything that says what is wrong."""
        if not self._entered:
            raise LocustError(no_block("failure(...)"))
        self._judgement = exc if isinstance(exc, Exception) else CatchResponseError(exc)

    def __del__(self):
        if self._armed and not self._entered:
            lose(self._kind, self._name, "catch_response=True without a with-block")


def no_block(call: str) -> str:
    return (
        "Tried to set status on a request that has not yet been made. Make sure you use a"
        " with-block, like this:\n\n"
        "with self.client.request(..., catch_response=True) as response:\n"
        f"    response.{call}"
    )


def answer_of(error: requests_api.RequestException, call: Call) -> Response:
    """The answer with status 0 that a call gets for what requests would have raised."""
    answer = getattr(error, "answer", None)
    if answer is None:
        answer = call.answer_type.__new__(call.answer_type)
        answer._request = error.request
        answer._chain_ms = call.elapsed_ms
    answer.error, answer.cause = error, getattr(error, "cause", error)
    return answer
