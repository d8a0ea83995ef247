# SPDX-License-Identifier: Apache-2.0
"""Hooks: lists of functions that are called by keyword when something happens.

A handler that raises is logged and makes the exit code 2; the others still run. Exceptions that
steer a user (StopUser, InterruptTaskSet...) go through to the task that fired.
"""
import logging
import time
import traceback
from contextlib import contextmanager

from gevent import getcurrent

from locust import _engine, _hub, log
from locust.exception import (
    InterruptTaskSet,
    RescheduleTask,
    RescheduleTaskImmediately,
    StopTest,
    StopUser,
)

_STEERING = (StopUser, StopTest, RescheduleTask, RescheduleTaskImmediately, InterruptTaskSet)


class EventHook:
    """Handlers must accept **kwargs: later versions may fire more keywords."""

    def __init__(self) -> None:
        self._handlers: list = []

    def add_listener(self, handler):
        """Works as a decorator."""
        self._handlers.append(handler)
        return handler

    def remove_listener(self, handler) -> None:
        self._handlers.remove(handler)

    def fire(self, *, reverse: bool = False, **kwargs) -> None:
        for handler in self._handlers[::-1] if reverse else self._handlers[:]:
            _call(handler, kwargs)

    @contextmanager
    def measure(self, request_type: str, name: str, response_length: int = 0, context=None):
        """Fires with the time that the block took; what it raises becomes the failure. Entries of
        the dict that it yields can be changed in the block."""
        sample = {
            "request_type": request_type,
            "name": name,
            "response_length": response_length,
            "context": context or {},
            "exception": None,
            "start_time": time.time(),
        }
        begin = time.perf_counter()
        try:
            yield sample
        except Exception as error:
            sample["exception"] = error
        finally:
            sample["response_time"] = (time.perf_counter() - begin) * 1000
            self.fire(**sample)


def _call(handler, kwargs: dict) -> None:
    try:
        handler(**kwargs)
    except _STEERING:
        raise
    except Exception:
        logging.error("Uncaught exception in event handler: \n%s", traceback.format_exc())
        log.unhandled_greenlet_exception = True


class RequestEvent(EventHook):
    """The hook of requests. `recorder`, set by the runner, keeps the statistics: it is called
    first, as recorder(request_type, name, response_time, response_length, exception)."""

    def __init__(self) -> None:
        super().__init__()
        self.recorder = None

    def fire(self, *, reverse: bool = False, **kwargs) -> None:
        if self.recorder:
            _call(self._record, {"sample": kwargs})
        super().fire(reverse=reverse, **kwargs)

    def _record(self, sample: dict) -> None:
        """Locust files fire what they measured themselves, often with a few keywords only."""
        kind, name = sample.get("request_type", ""), sample.get("name", "")
        milliseconds, exception = sample.get("response_time"), sample.get("exception")
        self.recorder(kind, name, milliseconds, sample.get("response_length") or 0, exception)
        if milliseconds is not None and not isinstance(sample.get("response"), _engine.Answer):
            _hub.ensure_open()
            user_class = getattr(getcurrent(), "user_class", "")
            _engine.record_custom(user_class, kind, name, milliseconds, bool(exception))


class DeprecatedEventHook(EventHook):
    """A hook of Locust 1, fed by the request hook once it has a listener."""

    def __init__(self, message: str, request: EventHook, forward) -> None:
        super().__init__()
        self._message = message
        self._request = request
        self._forward = forward

    def add_listener(self, handler):
        logging.warning(self._message)
        if not self._handlers:
            self._request.add_listener(self._forward)
        return super().add_listener(handler)


class Events:
    """The hooks of one environment; `locust.events` are the program's own."""

    def __init__(self) -> None:
        self.request = RequestEvent()
        self.user_error = EventHook()
        self.report_to_master = EventHook()
        self.worker_report = EventHook()
        self.worker_connect = EventHook()
        self.spawning_complete = EventHook()
        self.quitting = EventHook()
        self.quit = EventHook()
        self.init = EventHook()
        self.init_command_line_parser = EventHook()
        self.test_start = EventHook()
        self.test_stopping = EventHook()
        self.test_stop = EventHook()
        self.reset_stats = EventHook()
        self.cpu_warning = EventHook()
        self.heartbeat_sent = EventHook()
        self.heartbeat_received = EventHook()
        self.usage_monitor = EventHook()
        self.request_success = self._deprecated("request_success", self._forward_success)
        self.request_failure = self._deprecated("request_failure", self._forward_failure)

    def _deprecated(self, name: str, forward) -> DeprecatedEventHook:
        message = f"{name} event deprecated. Use the request event."
        return DeprecatedEventHook(message, self.request, forward)

    def _forward_success(
        self, request_type="", name="", response_time=None, response_length=0, exception=None, **_
    ) -> None:
        if not exception:
            self.request_success.fire(
                request_type=request_type,
                name=name,
                response_time=response_time,
                response_length=response_length,
            )

    def _forward_failure(
        self, request_type="", name="", response_time=None, response_length=0, exception=None, **_
    ) -> None:
        if exception:
            self.request_failure.fire(
                request_type=request_type,
                name=name,
                response_time=response_time,
                response_length=response_length,
                exception=exception,
            )
