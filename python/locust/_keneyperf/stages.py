# SPDX-License-Identifier: Apache-2.0
"""The stages of a command line (`--stage 1m:50 --stage 5m:50`) as a load shape."""
from locust.shape import LoadTestShape


class Stages(LoadTestShape):
    """From each stage's number of users to the next one's, evenly over its time; one of 0 s is a
    jump."""

    abstract = True  # no locustfile's own

    def __init__(self, stages: list[tuple[float, int]]) -> None:
        super().__init__()
        self._stages = stages

    def tick(self) -> tuple[int, float] | None:
        time, before, begin, jump = self.get_run_time(), 0, 0.0, False
        for seconds, users in self._stages:
            end = begin + seconds
            if time < end:
                if jump and time < begin + 1 and self.get_current_user_count() != before:
                    return before, max(before, 1)
                return users, abs(users - before) / seconds or 1
            jump, before, begin = seconds == 0, users, end
        return None
