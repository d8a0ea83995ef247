# SPDX-License-Identifier: Apache-2.0
"""Waits between two tasks of a user: functions that take the user or TaskSet and give seconds.

Random ones draw from `random` as Locust does, so that a seeded run waits the same.
"""
import random
from time import monotonic


def between(min_wait: float, max_wait: float):
    """Evenly spread between the two."""
    return lambda instance: min_wait + random.random() * (max_wait - min_wait)


def constant(wait_time: float):
    return lambda instance: wait_time


def constant_pacing(wait_time: float):
    """What is left of `wait_time` after the task; nothing when it took longer."""

    def wait_time_func(self) -> float:
        now = monotonic()
        run_time = now - self._cp_last_run - self._cp_last_wait_time
        self._cp_last_run = now
        self._cp_last_wait_time = max(0, wait_time - run_time)
        return self._cp_last_wait_time

    return wait_time_func


def constant_throughput(task_runs_per_second: float):
    """At most this many task runs a second and user."""
    if task_runs_per_second <= 0:
        raise ValueError(
            f"constant_throughput() requires a positive rate, got: {task_runs_per_second}"
        )
    return constant_pacing(1 / task_runs_per_second)


def poisson(rate: float):
    """Exponentially spread with a mean of 1/rate seconds."""
    return lambda instance: random.expovariate(rate)
