# SPDX-License-Identifier: Apache-2.0
"""Load shapes: a locustfile says each second how many users there shall be."""
import time
from abc import ABC, abstractmethod
from typing import ClassVar

from locust.util.timespan import time_scale


class LoadTestShape(ABC):
    """Subclasses are concrete unless they set `abstract` themselves."""

    runner = None
    abstract: ClassVar[bool] = True
    # True: -u, -r and -t keep their meaning, for tick() to read from the parsed options.
    use_common_options: ClassVar[bool] = False

    def __init_subclass__(cls, **kwargs) -> None:
        super().__init_subclass__(**kwargs)
        cls.abstract = cls.__dict__.get("abstract", False)

    def __init__(self) -> None:
        self.start_time = time.perf_counter()

    def reset_time(self) -> None:
        self.start_time = time.perf_counter()

    def get_run_time(self) -> float:
        """Seconds of the plan since the start: a rehearsal at scale 0.1 sees ten a second."""
        return (time.perf_counter() - self.start_time) / time_scale()

    def get_current_user_count(self) -> int:
        return self.runner.user_count

    @abstractmethod
    def tick(self) -> tuple | None:
        """(users, spawn rate) or (users, spawn rate, user classes); None ends the test."""
