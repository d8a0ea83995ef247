# SPDX-License-Identifier: Apache-2.0
"""The life of one process of a run: runner, start, end, shutdown, exit code."""
import logging
import signal
import sys
import time

import gevent
from gevent.event import Event

from locust import _hub, log
from locust._generator.notes import Notes
from locust._cli.outputs import Outputs
from locust.exception import RPCError
from locust.input_events import input_listener
from locust.log import spawn_logged
from locust.runners import STATE_SPAWNING
from locust.stats import validate_stats_configuration
from locust.util.timespan import time_scale

logger = logging.getLogger("locust.main")

# Users per second when a key changes their number.
KEY_SPAWN_RATE = 100
WORKERS_POLL_S = 0.05
WORKERS_TELL_S = 1.0
WORKERS_SILENT_S = 4.0  # before the first line about them
INTERRUPTED_TWICE = 130  # exit code, a shell's for Ctrl-C


class Life:
    """live() once."""

    def __init__(self, environment, options) -> None:
        self.environment = environment
        self.options = options
        self.runner = None
        self.notes = Notes(environment)
        self.outputs = Outputs(environment, options)
        self.over = Event()

    def live(self) -> int:
        """The exit code."""
        validate_stats_configuration()
        self._open_engine()
        self.runner = self._make_runner()
        self._catch_signals()
        self.environment.events.init.fire(
            environment=self.environment, runner=self.runner, web_ui=None
        )
        self._spawn(self._wait_for_quit)
        if not self.options.worker:
            self._spawn(self._run)
        try:
            self._wait()
            return self._shut_down()
        except KeyboardInterrupt:
            sys.stderr.write("Interrupted twice: not all of the results were written.\n")
            return INTERRUPTED_TWICE

    def _wait(self) -> None:
        """Until the run is over. A KeyboardInterrupt that a task raises comes here, as Ctrl-C."""
        try:
            self.over.wait()
        except KeyboardInterrupt:
            pass

    def _spawn(self, function, *args) -> None:
        spawn_logged(logger, function, *args)

    def _open_engine(self) -> None:
        try:
            if not self.options.master:
                _hub.ensure_open()
        except ValueError as error:
            sys.stderr.write(f"locust: error: {error}\n")
            sys.exit(2)

    def _make_runner(self):
        options = self.options
        try:
            if options.master:
                return self._make_master()
            if options.worker:
                return self.environment.create_worker_runner(
                    options.master_host, options.master_port
                )
        except (OSError, RPCError) as error:
            what = "listen for workers" if options.master else "connect to the Locust master"
            logger.error("Failed to %s: %s", what, error)
            sys.exit(1 if options.master else -1)
        return self.environment.create_local_runner()

    def _make_master(self):
        options = self.options
        port = None if options.processes else options.master_bind_port
        master = self.environment.create_master_runner(options.master_bind_host, port)
        if options.processes:
            master.start_processes(options.processes)
        return master

    # Signals -------------------------------------------------------------------------------------

    def _catch_signals(self) -> None:
        signal.signal(signal.SIGTERM, self._on_signal)
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            signal.signal(signal.SIGINT, self._on_signal)

    def _on_signal(self, number: int, _) -> None:
        """Python calls this on whatever greenlet runs: only the hub may wake others."""
        if number == signal.SIGINT:  # a second one ends the process at once
            signal.signal(signal.SIGINT, signal.default_int_handler)
        gevent.get_hub().loop.run_callback_threadsafe(self._end_by_signal, number)

    def _end_by_signal(self, number: int) -> None:
        if number == signal.SIGTERM:
            logger.info("Got SIGTERM signal")
        self.over.set()

    # The run -------------------------------------------------------------------------------------

    def _wait_for_quit(self) -> None:
        """runner.quit(), called by a locustfile or, in a worker, for the master."""
        self.runner.greenlet.join()
        self.over.set()

    def _run(self) -> None:
        if self.options.master and not self._wait_for_workers():
            self.environment.process_exit_code = 1
            self.over.set()
            return
        self._say_run_time()
        self.outputs.start()
        gevent.sleep(0)  # the first table comes before the first user
        self._spawn(input_listener(self._keys()))
        if self.environment.shape_class:
            self._run_shape()
        else:
            self._run_users()

    def _wait_for_workers(self) -> bool:
        """Until enough are there. False when that took too long."""
        limit = self.options.expect_workers_max_wait
        begin = time.monotonic()
        told = begin + WORKERS_SILENT_S
        while len(self.runner.clients.ready) < self.options.expect_workers:
            now = time.monotonic()
            if limit and now - begin >= limit:
                logger.error("Gave up waiting for workers to connect")
                return False
            if self.over.is_set():  # by a signal; processes end on the way
                return False
            if self.runner.any_process_ended():
                logger.error("A worker process ended before the run began; its lines above say why")
                return False
            if now - told >= WORKERS_TELL_S:
                told = now
                self._tell_missing_workers()
            gevent.sleep(WORKERS_POLL_S)
        return True

    def _tell_missing_workers(self) -> None:
        logger.info(
            "Waiting for workers to be ready, %s of %s connected",
            len(self.runner.clients.ready),
            self.options.expect_workers,
        )

    def _say_run_time(self) -> None:
        if self.environment.shape_class:
            return
        if self.options.run_time:
            logger.info("Run time limit set to %s seconds", self.options.run_time)
        else:
            logger.info("No run time limit set, use CTRL+C to interrupt")

    def _run_shape(self) -> None:
        self.runner.start_shape()
        self.runner.shape_greenlet.join()
        logger.info("Shape test completed, shutting down")
        self.over.set()

    def _run_users(self) -> None:
        users = 1 if self.options.num_users is None else self.options.num_users
        self._spawn(self.runner.start, users, self.options.spawn_rate or 1)
        if not self.options.run_time:
            return
        gevent.get_hub().loop.update_now()  # timers count from its last look at the clock
        gevent.sleep(self.options.run_time * time_scale())
        if self.options.autoquit < 0:
            logger.info("--run-time limit reached, shutting down")
            self.runner.stop()
        else:
            logger.info("--run-time limit reached, stopping test")
            self.runner.stop()
            gevent.sleep(self.options.autoquit)
            logger.info("--autoquit time reached, shutting down")
        self.over.set()

    def _keys(self) -> dict:
        def change(users: int) -> None:
            if self.runner.state != STATE_SPAWNING:
                self.runner.start(max(0, self.runner.user_count + users), KEY_SPAWN_RATE)

        return {
            "w": lambda: change(1),
            "W": lambda: change(10),
            "s": lambda: change(-1),
            "S": lambda: change(-10),
        }

    # The end -------------------------------------------------------------------------------------

    def _shut_down(self) -> int:
        events = self.environment.events
        events.quitting.fire(environment=self.environment, reverse=True)
        code = self._exit_code()
        logger.info("Shutting down (exit code %s)", code)
        self.runner.quit()
        code = code or self._lost()
        if self.options.processes:
            code = max(code, self.runner.wait_for_processes())
        if not self.outputs.finish(self.notes.sentences()) and code == 0:
            code = 1
        events.quit.fire(exit_code=code)
        return code

    def _exit_code(self) -> int:
        if self.environment.process_exit_code is not None:
            return self.environment.process_exit_code or self._lost()
        if self.runner.errors or self.runner.exceptions:
            return self.options.exit_code_on_error
        return 2 if log.unhandled_greenlet_exception else 0

    def _lost(self) -> int:
        """1 when a worker died with what it had counted: no listener can call that a success."""
        return min(self.runner.workers_lost, 1)
