# SPDX-License-Identifier: Apache-2.0
"""One user in the foreground, for a debugger: each request is a line on stdout."""
import os
import sys
from datetime import datetime, timezone

from locust import _hub
from locust.exception import CatchResponseError

_env = None  # kept: locustfiles may run several users one after another


class PrintListener:
    """Prints the requests of an environment, as columns between tabs."""

    def __init__(
        self,
        env,
        include_length: bool = False,
        include_time: bool = False,
        include_context: bool = False,
        include_payload: bool = False,
    ) -> None:
        self.include_length = include_length
        self.include_time = include_time
        self.include_context = include_context
        self.include_payload = include_payload
        env.events.request.add_listener(self.on_request)
        self._print_head()

    def _print_head(self) -> None:
        columns = ["type", "name".ljust(50), "resp_ms"]
        if self.include_time:
            columns.insert(0, "time".ljust(24))
        if self.include_length:
            columns.append("length")
        columns.append("exception")
        if self.include_context:
            columns.append("context")
        columns.append("")
        if self.include_payload:
            columns.append("payload")
        print("\n" + _line(columns))

    def on_request(
        self,
        request_type="",
        name="",
        response_time=None,
        response_length=0,
        exception=None,
        context=None,
        start_time=None,
        response=None,
        **_kwargs,
    ) -> None:
        columns = [request_type, str(name or "").ljust(50)]
        columns.append(str(round(-1 if response_time is None else response_time)).ljust(7))
        if self.include_time:
            columns.insert(0, _time_text(start_time))
        if self.include_length:
            columns.append(response_length)
        columns.append(_error_text(exception).ljust(9))
        if self.include_context:
            columns.append(context or "")
        if self.include_payload:
            columns.append(getattr(getattr(response, "request", None), "body", None) or "")
        print(_line(columns))


def _line(columns: list) -> str:
    return "".join(f"{column}\t" for column in columns)


def _time_text(start_time: float | None) -> str:
    moment = datetime.now(timezone.utc)
    return str(datetime.fromtimestamp(start_time, timezone.utc) if start_time else moment)


def _error_text(exception) -> str:
    if not exception:
        return ""
    return str(exception) if isinstance(exception, CatchResponseError) else repr(exception)


def run_single_user(
    user_class,
    include_length: bool = False,
    include_time: bool = False,
    include_context: bool = False,
    include_payload: bool = False,
    loglevel: str | None = "WARNING",
) -> None:
    """Runs one user in this greenlet, until it is stopped. `loglevel` None leaves logging alone."""
    global _env
    if loglevel:
        from locust import log

        log.setup_logging(loglevel)
    if _env is None:
        _env = _make_environment()
        PrintListener(_env, include_length, include_time, include_context, include_payload)
        _env.events.init.fire(environment=_env, runner=None, web_ui=None)
    _env.user_classes = [user_class]
    if _env.host is not None:
        user_class.host = _env.host
    _hub.ensure_open()
    _env.events.test_start.fire(environment=_env)
    user_class(_env).run()


def _make_environment():
    from locust import argument_parser, events
    from locust.env import Environment

    options = argument_parser.parse_options()
    return Environment(
        events=events,
        locustfile=os.path.basename(sys.argv[0]),
        host=options.host,
        parsed_options=options,
    )
