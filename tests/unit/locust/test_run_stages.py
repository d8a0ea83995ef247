# SPDX-License-Identifier: Apache-2.0
"""Stages of a command line as a load shape."""
import unittest

from locust._keneyperf.stages import Stages


class At(Stages):
    """Stages at a given moment, with a given number of users."""

    abstract = True

    def __init__(self, stages, time: float, users: int = 0) -> None:
        super().__init__(stages)
        self.time = time
        self.users = users

    def get_run_time(self) -> float:
        return self.time

    def get_current_user_count(self) -> int:
        return self.users


class TestStages(unittest.TestCase):
    RAMP = [(10, 20), (30, 20), (10, 0)]
    JUMP = [(0, 8), (10, 8), (0, 2), (4, 10)]

    def test_the_rate_takes_the_stage_to_its_users(self) -> None:
        for time, want in ((0, (20, 2)), (9.9, (20, 2)), (10, (20, 1)), (45, (0, 2)), (50, None)):
            with self.subTest(time):
                self.assertEqual(At(self.RAMP, time).tick(), want)

    def test_a_stage_of_no_time_is_a_jump(self) -> None:
        for time, users, want in (
            (0, 0, (8, 8)),
            (0.5, 8, (8, 1)),
            (5, 8, (8, 1)),
            (10, 8, (2, 2)),
            (11, 2, (10, 2)),
            (14, 10, None),
        ):
            with self.subTest(time):
                self.assertEqual(At(self.JUMP, time, users).tick(), want)


if __name__ == "__main__":
    unittest.main()
