# SPDX-License-Identifier: Apache-2.0
"""Was this process itself the limit of the run? What it says comes before any figure.

Each second the processor time of the process and the longest stretch in which it noticed nothing
are taken.
"""
import time
from typing import NamedTuple

import gevent

from locust import _engine

# Above this share of a core the process had no time to spare.
BUSY_LIMIT = 0.9
# One such stretch a second touches two answers in a hundred, so p99 contains it.
LATE_LIMIT_MS = 20.0
INTERVAL_S = 1.0
ENOUGH_SECONDS = 3  # to speak of most of them


class Load(NamedTuple):
    """How loaded a process was; of several, the worst."""

    busy: float  # share of a core, 0 to 1
    late_ms: float  # the median second's longest stretch

    def sentence(self, processes: int) -> str | None:
        """None when the process had time to spare."""
        who = "it" if processes == 1 else "a worker"
        if self.busy > BUSY_LIMIT:
            return (
                f"The load generator was the limit: {who} used {self.busy * 100:.0f} % of a core, so"
                " response times contain its own queueing; use --processes or another machine"
            )
        if self.late_ms > LATE_LIMIT_MS:
            return (
                f"The load generator was late: {who} noticed answers up to {self.late_ms:.0f} ms late"
                " in most seconds, and response times contain that; use --processes, or do less"
                " between requests"
            )
        return None


class Meter:
    """Measures this process from start() on."""

    def __init__(self) -> None:
        self._begin = self._cpu = 0.0
        self._lags: list[float] = []
        self._last: Load | None = None

    def start(self) -> None:
        """Begins, or begins anew."""
        self._lags, self._last = [], None
        self._begin, self._cpu = time.monotonic(), time.process_time()
        gevent.spawn(self._run, self._lags)

    def stop(self) -> None:
        """What comes now (the end of the run) no longer counts."""
        if self._begin and self._last is None:
            self._last = self.load()

    def load(self) -> Load:
        if self._last is not None or not self._begin:
            return self._last or Load(0.0, 0.0)
        elapsed = time.monotonic() - self._begin
        busy = (time.process_time() - self._cpu) / elapsed if elapsed > INTERVAL_S else 0.0
        lags = sorted(self._lags)
        return Load(busy, lags[len(lags) // 2] if len(lags) >= ENOUGH_SECONDS else 0.0)

    def _run(self, lags: list[float]) -> None:
        _engine.take_lag()
        while lags is self._lags and self._last is None:
            gevent.sleep(INTERVAL_S)
            lags.append(_engine.take_lag())


def worst(loads: list[Load]) -> Load:
    return Load(max(load.busy for load in loads), max(load.late_ms for load in loads))
