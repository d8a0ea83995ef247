# SPDX-License-Identifier: Apache-2.0
"""What all runners have in common: users of this process, states, statistics, custom messages."""
import functools
import json
import logging
import socket
import time
import traceback
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import gevent
from gevent.pool import Group

from locust import _engine, _hub
from locust.user.arrival import Arrivals
from locust._generator.usage import UsageMeter, resident_bytes
from locust._runner.states import (
    NOT_STARTED,
    STATE_CLEANUP,
    STATE_INIT,
    STATE_STOPPED,
    TEST_RUNS,
)
from locust._runner.user_pool import UserPool
from locust.exception import StopTest
from locust.log import greenlet_exception_logger
from locust.rpc import Message
from locust.util.timespan import time_scale

CPU_MONITOR_INTERVAL = 10.0  # seconds
CPU_WARNING_THRESHOLD = 90  # percent of one core
SPAWN_RATE_WARNING = 100  # users a second

logger = logging.getLogger("locust.runners")
greenlet_exception_handler = greenlet_exception_logger(logger)


def format_users(counts: dict[str, int]) -> str:
    ordered = dict(sorted(counts.items()))
    return f"{json.dumps(ordered)} ({sum(counts.values())} total users)"


class Runner:
    """Base. Methods that locustfiles call (start, stop, quit) may be called from any greenlet; in a
    user's own they return before that user has ended."""

    worker_index = 0
    worker_count = 1

    def __init__(self, environment):
        self.environment = environment
        self._pool = UserPool(environment)
        self.user_greenlets = self._pool.greenlets
        self.greenlet = Group()  # the runner's own; the program waits for it
        self.state = STATE_INIT
        self.spawning_greenlet: Any = None
        self.shape_greenlet: Any = None
        self.shape_last_tick: Any = None
        self.target_user_count = 0
        self.target_user_classes_count: dict[str, int] = {}
        self.final_user_classes_count: dict[str, int] = {}  # when the test was stopped
        self.exceptions: dict[int, dict[str, Any]] = {}
        self.custom_messages: dict[str, tuple[Callable, bool]] = {}
        self.current_cpu_usage = 0.0
        self.current_memory_usage = 0
        self.cpu_warning_emitted = False
        self.worker_cpu_warning_emitted = False
        self.client_id = f"{socket.gethostname()}_{uuid4().hex}"
        self.workers_lost = 0  # with what they did since their last report
        self.connection_broken = False
        self._users_dispatcher: Any = None  # None also when all classes have arrival rates
        self._arrivals: list[tuple[Arrivals, gevent.Greenlet]] = []
        self._stopping: Any = None  # greenlets that run _stop() and _quit()
        self._leaving: Any = None
        environment.events.request.recorder = environment.stats.on_request
        environment.events.spawning_complete.add_listener(self._reset_after_ramp)
        environment.events.user_error.add_listener(self._on_user_error)
        self._spawn(self.monitor_cpu_and_memory)

    def _spawn(self, function: Callable, *args) -> gevent.Greenlet:
        """One of the runner's own greenlets; what it raises is logged and makes the exit code 2."""
        greenlet = self.greenlet.spawn(function, *args)
        greenlet.link_exception(greenlet_exception_handler)
        return greenlet

    # What locustfiles read

    @property
    def user_classes(self) -> list[type]:
        return self.environment.user_classes

    @property
    def user_classes_by_name(self) -> dict[str, type]:
        return self.environment.user_classes_by_name

    @property
    def stats(self):
        return self.environment.stats

    @property
    def errors(self) -> dict:
        return self.stats.errors

    @property
    def user_count(self) -> int:
        return len(self.user_greenlets)

    @property
    def user_classes_count(self) -> dict[str, int]:
        """Without users that were asked to end."""
        return {c.__name__: self._pool.running(c.__name__) for c in self.user_classes}

    def update_state(self, new_state: str) -> None:
        logger.debug("Updating state to '%s', old state was '%s'", new_state, self.state)
        self.state = new_state

    # Users of this process

    def spawn_users(self, user_classes_spawn_count: dict[str, int], wait: bool = False) -> None:
        running = json.dumps(self.user_classes_count)
        wanted = json.dumps(user_classes_spawn_count)
        logger.debug("Spawning additional %s (%s already running)...", wanted, running)
        by_name = self.user_classes_by_name
        for name, count in user_classes_spawn_count.items():
            self._pool.spawn(by_name[name], count)
            logger.debug("All users of class %s spawned", name)
        if wait:
            self.user_greenlets.join()

    def stop_users(self, user_classes_stop_count: dict[str, int]) -> None:
        """The oldest go first. Returns at once; those that are late are killed in time."""
        leaving: list = []
        for name, count in user_classes_stop_count.items():
            leaving += self._pool.dismiss(name, count)
        if leaving:
            self._spawn(self._pool.wait_for, leaving)

    def _set_users(self, wanted: dict[str, int]) -> None:
        """Starts and stops users until as many run; users that ended themselves are replaced."""
        running = self.user_classes_count
        missing = {name: count - running[name] for name, count in wanted.items()}
        self.target_user_classes_count = wanted
        self.spawn_users({name: count for name, count in missing.items() if count > 0})
        self.stop_users({name: -count for name, count in missing.items() if count < 0})

    def _begin_dispatch(self, worker_nodes: list) -> None:
        classes = self._classes_to_ramp()
        self._users_dispatcher = None
        if classes:
            self._users_dispatcher = self.environment.dispatcher_class(worker_nodes, classes)
        self.target_user_classes_count = {c.__name__: 0 for c in classes}

    def _dispatch(
        self, user_count: int, spawn_rate: float, user_classes: list[type] | None
    ) -> None:
        if self._users_dispatcher is not None:
            self._users_dispatcher.new_dispatch(user_count, spawn_rate, user_classes)

    def _ramp(self, apply: Callable[[dict], None], goes_on: Callable[[], bool]) -> None:
        """Hands the dispatcher's states to `apply`, each at its time (one that was late does not
        delay those after it), as long as it `goes_on`."""
        dispatcher = self._users_dispatcher
        if dispatcher is None:
            return
        interval = dispatcher.interval * time_scale()
        due = time.monotonic()
        while goes_on():
            apply(next(dispatcher))
            if not dispatcher.dispatch_in_progress:
                return
            due += interval
            _engine.sleep(max(0.0, due - time.monotonic()))

    def _check_start(self, spawn_rate: float, processes: int) -> None:
        """ValueError for what cannot be started."""
        if spawn_rate <= 0:
            raise ValueError(f"spawn_rate must be > 0, got {spawn_rate}")
        if not self.user_classes:
            raise ValueError("There are no user classes: give Environment(user_classes=[...]).")
        if spawn_rate / processes > SPAWN_RATE_WARNING:
            logger.warning(
                "Your selected spawn rate is very high (>100), and this is known to sometimes "
                "cause issues. Do you really need to ramp up that fast?"
            )

    # Classes with an arrival rate: their users come in addition to those of a ramp

    def _classes_to_ramp(self) -> list[type]:
        return [user_class for user_class in self.user_classes if user_class.arrival is None]

    def _start_arrivals(self, share: int, shares: int) -> None:
        """This process has share `share` of `shares`."""
        for user_class in self.user_classes:
            if user_class.arrival is not None:
                arrivals = Arrivals(user_class, self._pool, share, shares)
                self._arrivals.append((arrivals, self._spawn(self._drive, arrivals)))

    def _drive(self, arrivals: Arrivals) -> None:
        try:
            arrivals.run()
        except StopTest as reason:
            self._give_up(reason)

    def _end_arrivals(self) -> None:
        while self._arrivals:
            arrivals, greenlet = self._arrivals.pop()
            greenlet.kill(block=False)
            arrivals.end()

    def _give_up(self, reason: StopTest) -> None:
        """Users cannot be made at all."""
        logger.error("%s", reason)
        logger.warning("Stopping Locust...")
        gevent.spawn(self.quit)  # which kills the caller's greenlet

    # Life of a test

    def start(
        self,
        user_count: int,
        spawn_rate: float,
        wait: bool = False,
        user_classes: list[type] | None = None,
    ) -> None:
        """Starts a test, or gives the running one another target. `wait`: returns when all users
        have been spawned."""
        raise NotImplementedError

    def _begin_test(self) -> None:
        """Everything counts from 0; the state is still the old one."""
        _hub.ensure_open()
        self.stats.clear_all()
        self.exceptions = {}
        self.cpu_warning_emitted = False
        self.worker_cpu_warning_emitted = False
        self.environment._filter_tasks_by_tags()
        self.environment.events.test_start.fire(environment=self.environment)

    def stop(self) -> None:
        """Ends the test and returns when all users have ended. Nothing to do when none runs."""
        if self.state in NOT_STARTED:
            return
        self._end_shape()
        if self._stopping is None or self._stopping.dead:
            self._stopping = gevent.spawn(self._stop)
            self._stopping.link_exception(greenlet_exception_handler)
        self._wait_for(self._stopping)

    def _wait_for(self, end: gevent.Greenlet) -> None:
        """Not in a user's greenlet, which would wait for itself, nor in a listener of test_stop."""
        current = gevent.getcurrent()
        if current is not self._stopping and current not in self.user_greenlets:
            end.join()

    def _stop(self) -> None:
        raise NotImplementedError

    def _stop_users(self) -> None:
        """The users' part of a stop, with the events around it."""
        events = self.environment.events
        events.test_stopping.fire(environment=self.environment)
        if self.spawning_greenlet:
            self.spawning_greenlet.kill(block=False)
        self._end_arrivals()
        self.final_user_classes_count = self.user_classes_count
        self.update_state(STATE_CLEANUP)
        self._pool.dismiss_all()
        self._pool.wait_for(list(self.user_greenlets))
        self.update_state(STATE_STOPPED)
        events.test_stop.fire(environment=self.environment)

    def quit(self) -> None:
        """stop(), and the runner's greenlets end: whoever waits for `greenlet` goes on."""
        if self._leaving is None:
            self._leaving = gevent.spawn(self._quit)
            self._leaving.link_exception(greenlet_exception_handler)
        self._wait_for(self._leaving)

    def _quit(self) -> None:
        self.stop()
        self.greenlet.kill(block=False)

    def _reset_after_ramp(self, **_: Any) -> None:
        if self.environment.reset_stats:
            logger.info("Resetting stats")
            self.stats.reset_all()

    # Load shapes

    def start_shape(self) -> None:
        """The environment's shape says from now on how many users there are."""
        if self.shape_greenlet:
            logger.info("There is an ongoing shape test running. Editing is disabled")
            return
        if self.environment.shape_class is None:
            raise ValueError(
                "There is no load shape: give Environment(shape_class=...) an instance of a "
                "LoadTestShape, or call start(users, spawn_rate)."
            )
        logger.info("Shape test starting.")
        self.update_state(STATE_INIT)
        self.shape_last_tick = None
        self.environment.shape_class.reset_time()
        self.shape_greenlet = self._spawn(self.shape_worker)

    def shape_worker(self) -> None:
        logger.info("Shape worker starting")
        _hub.ensure_open()
        try:
            while self.state in (STATE_INIT, *TEST_RUNS):
                tick = self.environment.shape_class.tick()
                if tick is None:
                    logger.info("Shape test stopping")
                    break
                self._follow(tick)
                _engine.sleep(time_scale())
        finally:
            self.shape_greenlet = None
            self.stop()

    def _follow(self, tick: tuple) -> None:
        if tick == self.shape_last_tick:
            return
        users, spawn_rate, *rest = tick
        self.shape_last_tick = tick
        logger.info("Shape test updating to %d users at %.2f spawn rate", users, spawn_rate)
        self.start(users, spawn_rate, user_classes=rest[0] if rest else None)

    def _end_shape(self) -> None:
        shape, self.shape_greenlet = self.shape_greenlet, None
        if shape is not None and shape is not gevent.getcurrent():
            shape.kill(block=False)

    # Exceptions and the generator's own load

    def log_exception(self, node_id: str, msg: str, formatted_tb: str, count: int = 1) -> None:
        """An exception of a task, grouped by where it was raised."""
        row = self.exceptions.setdefault(
            hash(formatted_tb),
            {"count": 0, "msg": msg, "traceback": formatted_tb, "nodes": set()},
        )
        row["count"] += count
        row["nodes"].add(node_id)

    def _on_user_error(self, exception: BaseException, tb=None, **_: Any) -> None:
        self.log_exception("local", str(exception), "".join(traceback.format_tb(tb)))

    def monitor_cpu_and_memory(self) -> None:
        meter = UsageMeter()
        while True:
            self.current_cpu_usage = meter.cpu_percent()
            self.current_memory_usage = resident_bytes()
            if self.current_cpu_usage > CPU_WARNING_THRESHOLD:
                self._warn_of_cpu()
            self.environment.events.usage_monitor.fire(
                environment=self.environment,
                cpu_usage=self.current_cpu_usage,
                memory_usage=self.current_memory_usage,
            )
            gevent.sleep(CPU_MONITOR_INTERVAL)

    def _warn_of_cpu(self) -> None:
        self.environment.events.cpu_warning.fire(
            environment=self.environment, cpu_usage=self.current_cpu_usage
        )
        if not self.cpu_warning_emitted:
            logging.warning(
                "CPU usage above 90%! This may constrain your throughput and may even give "
                "inconsistent response time measurements! Use --processes to distribute the load "
                "over multiple CPU cores"
            )
            self.cpu_warning_emitted = True

    def cpu_log_warning(self) -> bool:
        """Says at the end, once more, that the generator was busy; True if it was."""
        if self.cpu_warning_emitted:
            logger.warning(
                "CPU usage was too high at some point during the test! Use --processes to "
                "distribute the load over multiple CPU cores"
            )
        return self.cpu_warning_emitted

    # Custom messages

    def register_message(self, msg_type: str, listener: Callable, concurrent: bool = False) -> None:
        """`listener(environment=..., msg=...)` gets messages of this type; `concurrent`: in a
        greenlet of its own."""
        if msg_type in self.custom_messages:
            raise Exception(
                f"Tried to register listener method for {msg_type}, but it already had a listener!"
            )
        self.custom_messages[msg_type] = (listener, concurrent)

    def send_message(self, msg_type: str, data: Any = None, client_id: str | None = None) -> None:
        """From a worker to its master, from a master to the worker `client_id` (None: to all);
        where there is neither, to itself."""
        raise NotImplementedError

    def _hand_over(self, message: Message) -> bool:
        """Calls the listener of a custom message; False when there is none."""
        if message.type not in self.custom_messages:
            return False
        listener, concurrent = self.custom_messages[message.type]
        call = functools.partial(listener, environment=self.environment, msg=message)
        if concurrent:
            gevent.spawn(call).link_exception(greenlet_exception_handler)
        else:
            call()
        return True
