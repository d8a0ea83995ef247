# SPDX-License-Identifier: Apache-2.0
"""What a master knows of its workers."""
import time
from collections.abc import ValuesView
from typing import Any

from locust._runner.states import STATE_INIT, STATE_MISSING, STATE_RUNNING, STATE_SPAWNING

HEARTBEAT_INTERVAL = 1.0  # seconds
HEARTBEAT_LIVENESS = 3  # beats that may be missed


class WorkerNode:
    """One worker. `state` is the one that it reported last, or STATE_MISSING."""

    def __init__(
        self, id: str, state: str = STATE_INIT, heartbeat_liveness: int = HEARTBEAT_LIVENESS
    ):
        self.id = id
        self.index = 0
        self.state = state
        self.heartbeat = heartbeat_liveness
        self.cpu_usage = 0.0
        self.cpu_warning_emitted = False
        self.memory_usage = 0
        self.user_classes_count: dict[str, int] = {}
        self.users_when_missing = 0
        self.channel: Any = None
        self.last_report = time.time()  # what it did later is not yet counted here
        self.resetting = False  # what it reports was counted before the statistics were reset

    @property
    def user_count(self) -> int:
        return sum(self.user_classes_count.values())


class WorkerNodes(dict):
    """Workers by id, in the order in which they came."""

    def get_by_state(self, state: str) -> list[WorkerNode]:
        return [node for node in self.values() if node.state == state]

    @property
    def all(self) -> ValuesView[WorkerNode]:
        return self.values()

    @property
    def ready(self) -> list[WorkerNode]:
        return self.get_by_state(STATE_INIT)

    @property
    def spawning(self) -> list[WorkerNode]:
        return self.get_by_state(STATE_SPAWNING)

    @property
    def running(self) -> list[WorkerNode]:
        return self.get_by_state(STATE_RUNNING)

    @property
    def missing(self) -> list[WorkerNode]:
        return self.get_by_state(STATE_MISSING)
