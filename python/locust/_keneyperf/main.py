# SPDX-License-Identifier: Apache-2.0
"""A locustfile under `keneyperf run`: this process is its only worker, or drives several that it
starts. launch.py comes here when KENEYPERF_RUN_FD names the connection to the run
(docs/internals/run.md has its messages), or KENEYPERF_RUN_WORKER the settings of a worker."""
import json
import logging
import os
import sys
import traceback
from typing import Any, NoReturn

import gevent
from gevent.event import Event

from locust import _hub, log
from locust._keneyperf.bridge import Bridge, BridgeHandler
from locust._generator.notes import Notes
from locust._keneyperf.load import Refused, make_environment, use_settings
from locust.exception import RPCError
from locust.log import spawn_logged
from locust.util.timespan import time_scale

RUN_VARIABLE = "KENEYPERF_RUN_FD"
WORKER_VARIABLE = "KENEYPERF_RUN_WORKER"
USERS_EVERY_S = 0.1
FAILURES_MAX = 10
UNHANDLED = 2  # exit code of a worker; 1 is that of one that was lost

logger = logging.getLogger(__name__)


def set_up_logging(level: str, handler: logging.Handler) -> None:
    """Locust's own remarks on its progress are seen with --verbose: the run draws that itself."""
    logging.basicConfig(level=level, handlers=[handler], format="%(message)s")
    gevent.get_hub().print_exception = _log_unhandled
    if level != "DEBUG":
        logging.getLogger("locust").setLevel(logging.WARNING)


def _log_unhandled(_context, kind, value, frames) -> None:
    """gevent would print each greenlet that fails."""
    logger.error("%s", "".join(traceback.format_exception(kind, value, frames)).rstrip())


class Run:
    """One test, from the loaded file to the report."""

    def __init__(self, bridge: Bridge, settings: dict[str, Any]) -> None:
        self.bridge = bridge
        self.settings = settings
        self.environment = make_environment(settings)
        self.notes = Notes(self.environment)
        self.runner: Any = None
        self.over = Event()
        self.obeying: Any = None
        self.spawned = False  # once all users that were asked for
        events = self.environment.events
        events.spawning_complete.add_listener(self._on_spawned)
        events.test_stop.add_listener(self._on_stopped)

    def prepare(self) -> None:
        """Everything but the load."""
        if self.settings["workers"] > 1:
            self._start_workers()
        else:
            _hub.ensure_open()
            self.runner = self.environment.create_local_runner()
        events = self.environment.events
        events.init.fire(environment=self.environment, runner=self.runner, web_ui=None)
        self._spawn(self._wait_for_quit)

    def _on_spawned(self, **_: Any) -> None:
        self.spawned = True

    def _on_stopped(self, **_: Any) -> None:
        self.bridge.send("stopped")

    def _spawn(self, function, *args) -> None:
        spawn_logged(logger, function, *args)

    def _start_workers(self) -> None:
        count = self.settings["workers"]
        self.runner = self.environment.create_master_runner("127.0.0.1", None)
        self.runner.start_processes(count, self._prepare_worker)
        self._spawn(self._watch_workers)
        while len(self.runner.clients.ready) < count:
            if self.runner.any_process_ended():
                text = "a worker process ended before the test could begin; why stands above"
                raise Refused("script", text)
            gevent.sleep(USERS_EVERY_S)

    def _prepare_worker(self, index: int):
        descriptor = self.settings["snapshot_fds"][index]
        settings = {**self.settings, "snapshot_fd": descriptor}
        return {WORKER_VARIABLE: json.dumps(settings)}, (descriptor,)

    def _watch_workers(self) -> None:
        """Tells of those that end before the test does."""
        users: dict[int, int] = {}
        told: set[int] = set()
        while not self.over.is_set():
            for index, worker in enumerate(self.runner.processes):
                code = worker.process.poll()
                if code is not None and index not in told:
                    told.add(index)
                    self._tell_lost(index, worker.process.pid, code, users.get(index, 0))
            users = self._users_of_workers()
            gevent.sleep(USERS_EVERY_S)

    def _users_of_workers(self) -> dict[int, int]:
        nodes = {id(node.channel): node.user_count for node in self.runner.clients.values()}
        channels = [id(worker.channel) for worker in self.runner.processes]
        return {index: nodes[channel] for index, channel in enumerate(channels) if channel in nodes}

    def _tell_lost(self, index: int, pid: int, code: int, users: int) -> None:
        self.bridge.send(
            "lost", worker=index, pid=pid, signal=max(-code, 0), exit_code=max(code, 0), users=users
        )

    def _run_time(self) -> float | None:
        """Seconds of the plan; a shape ends by itself, and before that when the run says so."""
        if self.environment.shape_class:
            return self.settings["run_time"]
        return self.environment.parsed_options.run_time

    def ready(self) -> dict[str, Any]:
        """What the run has to know of the file."""
        options, shape = self.environment.parsed_options, self.environment.shape_class
        workers = self.runner.processes if self.settings["workers"] > 1 else []
        return {
            "users": options.num_users or 1,
            "spawn_rate": options.spawn_rate or 1,
            "run_time": self._run_time(),
            "stop_timeout": self.environment.stop_timeout or 0,
            "shape": type(shape).__name__ if shape else None,
            "pids": [worker.process.pid for worker in workers] or [os.getpid()],
        }

    def live(self) -> dict[str, Any]:
        """Obeys the run until the load is over; the report."""
        self.obeying = gevent.spawn(self._obey)
        self._spawn(self._tell_users)
        self.over.wait()
        return self._shut_down()

    def _obey(self) -> None:
        while message := self.bridge.receive():
            if message["type"] == "start":
                self._spawn(self._load)
            elif message["type"] == "stop":
                self.over.set()
        self.over.set()

    def _wait_for_quit(self) -> None:
        self.runner.greenlet.join()
        self.over.set()

    def _tell_users(self) -> None:
        told = 0
        while not self.over.is_set():
            users = self.runner.user_count
            if users != told:
                self.bridge.send("users", count=users)
                told = users
            gevent.sleep(USERS_EVERY_S)

    def _load(self) -> None:
        options = self.environment.parsed_options
        if self.environment.shape_class:
            self.runner.start_shape()
            self._spawn(self._end_with_shape)
        else:
            self._spawn(self.runner.start, options.num_users or 1, options.spawn_rate or 1)
        if self._run_time():
            gevent.sleep(self._run_time() * time_scale())
            self.runner.stop()
            self.over.set()

    def _end_with_shape(self) -> None:
        self.runner.shape_greenlet.join()
        self.over.set()

    def _shut_down(self) -> dict[str, Any]:
        events = self.environment.events
        events.quitting.fire(environment=self.environment, reverse=True)
        code, unhandled = self._own_exit_code(), log.unhandled_greenlet_exception
        self.runner.quit()
        if self.settings["workers"] > 1:
            workers_code = self.runner.wait_for_processes()
            unhandled = unhandled or workers_code == UNHANDLED
            code = code or (workers_code if workers_code > UNHANDLED else None)
        events.quit.fire(exit_code=code or 0)
        _hub.close()
        return {
            "exit_code": code,
            "spawned": self.spawned,
            "unhandled": unhandled,
            "lost_samples": self.notes.lost(),
            "blocking": self.notes.blocking(),
        }

    def _own_exit_code(self) -> int | None:
        """What the locustfile set; a lost worker sets one too, and was told."""
        code = self.environment.process_exit_code
        return None if code == 1 and self.runner.workers_lost else code


def tell_failures(bridge: Bridge, stats) -> None:
    """The rows of Locust's error report, the most frequent first."""
    errors = sorted(stats.errors.values(), key=lambda error: -error.occurrences)
    for error in errors[:FAILURES_MAX]:
        bridge.send("log", level="warning", text=f"{error.occurrences} x {error.to_name()}")
    if len(errors) > FAILURES_MAX:
        text = f"and {len(errors) - FAILURES_MAX} other kinds of failures"
        bridge.send("log", level="warning", text=text)


def conduct(bridge: Bridge, handler: BridgeHandler, settings: dict[str, Any]) -> None:
    run = Run(bridge, settings)
    run.prepare()
    bridge.send("ready", **run.ready())
    report = run.live()
    tell_failures(bridge, run.environment.stats)
    handler.sum_up()
    bridge.send("ended", **report)
    run.obeying.join()  # until the run has closed the connection


def main_of_run(descriptor: int) -> None:
    bridge = Bridge(descriptor)
    settings = bridge.receive()
    if settings is None:
        return
    handler = BridgeHandler(bridge)
    set_up_logging(settings["log_level"], handler)
    use_settings(settings, settings["snapshot_fds"][0] if settings["workers"] == 1 else -1)
    try:
        conduct(bridge, handler, settings)
    except Refused as refused:
        where = {"file": refused.file, "line": refused.line}
        bridge.send("failed", reason=refused.reason, message=str(refused), **where)


def main_of_worker(settings: dict[str, Any]) -> int:
    """The exit code, which the process that started this one takes into account."""
    set_up_logging(settings["log_level"], logging.StreamHandler())
    use_settings(settings, settings["snapshot_fd"])
    try:
        environment = make_environment({**settings, "stages": None})
        runner = environment.create_worker_runner("127.0.0.1", 0)
    except (Refused, RPCError) as error:
        sys.exit(str(error))
    _hub.ensure_open()
    Notes(environment)  # listens from now on
    environment.events.init.fire(environment=environment, runner=runner, web_ui=None)
    runner.greenlet.join()
    environment.events.quitting.fire(environment=environment, reverse=True)
    runner.quit()
    own = environment.process_exit_code
    environment.events.quit.fire(exit_code=own or 0)
    return own or (UNHANDLED if log.unhandled_greenlet_exception else 0)


def main_of_process() -> NoReturn:
    descriptor = os.environ.pop(RUN_VARIABLE, None)
    worker = os.environ.pop(WORKER_VARIABLE, None)
    code = 0
    if worker is not None:
        code = main_of_worker(json.loads(worker))
    else:
        main_of_run(int(descriptor))
    _hub.close()
    sys.exit(code)
