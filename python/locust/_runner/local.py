# SPDX-License-Identifier: Apache-2.0
"""A test in one process."""
from typing import Any

from locust._runner.base import Runner, format_users, logger
from locust._runner.states import NOT_STARTED, STATE_RUNNING, STATE_SPAWNING
from locust._runner.worker_node import WorkerNode
from locust.exception import StopTest
from locust.rpc import Message


class LocalRunner(Runner):
    """Spawns in the background: start() does not wait for the ramp, unless asked to."""

    def __init__(self, environment):
        super().__init__(environment)
        self._local_worker_node = WorkerNode("local")

    def start(
        self,
        user_count: int,
        spawn_rate: float,
        wait: bool = False,
        user_classes: list[type] | None = None,
    ) -> None:
        self._check_start(spawn_rate, 1)
        if self.spawning_greenlet:
            self.spawning_greenlet.kill(block=False)
        self.spawning_greenlet = self._spawn(self._start, user_count, spawn_rate, user_classes)
        if wait:
            self.spawning_greenlet.join()

    def _start(self, user_count: int, spawn_rate: float, user_classes: list[type] | None) -> None:
        if self._stopping is not None:
            self._stopping.join()
        self.target_user_count = user_count
        if self.state in NOT_STARTED:
            self._begin_test()
            if self._leaving:
                return  # a listener of test_start has quit
            self._begin_dispatch([self._local_worker_node])
            self._start_arrivals(0, 1)
        self.update_state(STATE_SPAWNING)
        logger.info("Ramping to %d users at a rate of %.2f per second", user_count, spawn_rate)
        self._dispatch(user_count, spawn_rate, user_classes)
        try:
            self._ramp(lambda users: self._set_users(users["local"]), lambda: True)
        except StopTest as reason:
            self._give_up(reason)
            return
        spawned = self.target_user_classes_count
        logger.info("All users spawned: %s", format_users(spawned))
        self.environment.events.spawning_complete.fire(user_count=sum(spawned.values()))
        self.update_state(STATE_RUNNING)

    def _stop(self) -> None:
        self._stop_users()

    def send_message(self, msg_type: str, data: Any = None, client_id: str | None = None) -> None:
        logger.debug("Running locally: sending %s message to self", msg_type)
        if not self._hand_over(Message(msg_type, data, "local")):
            logger.warning("Unknown message type received: %s", msg_type)
