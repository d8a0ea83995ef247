# SPDX-License-Identifier: Apache-2.0
"""Calls that hold the process up: what is counted, where, and that others wait for it."""
import ctypes
import time
import unittest

import gevent

from locust import User, _engine, _hub, constant, task
from locust._generator import blocking


class Looks(unittest.TestCase):
    """The watch by itself, on time that is made up."""

    def frame(self):
        import sys

        return sys._getframe()

    def test_a_short_stretch_is_none(self):
        watch = blocking.Watch(0)
        watch.look(10.0, 10.05, self.frame())
        watch.look(10.0, 10.09, self.frame())
        self.assertEqual(watch.report(), [])

    def test_the_hub_woke_up_between(self):
        watch, frame = blocking.Watch(0), self.frame()
        watch.look(10.0, 10.2, frame)
        watch.look(10.3, 10.5, frame)
        self.assertEqual(watch.report(), [])

    def test_one_stretch_counts_once(self):
        watch, frame = blocking.Watch(0), self.frame()
        for now in (10.2, 10.3, 10.7):
            watch.look(10.0, now, frame)
        (line,) = watch.report()
        self.assertIn("test_blocking.py", line)
        self.assertIn("1 time, 500 ms", line)

    def test_a_busy_machine_is_not_the_users_fault(self):
        watch, frame = blocking.Watch(0), self.frame()
        watch.look(10.0, 10.2, frame, kept_waiting=3.0)
        watch.look(10.0, 10.4, frame, kept_waiting=3.19)
        self.assertEqual(watch.report(), [])

    def test_idle_forgets(self):
        watch, frame = blocking.Watch(0), self.frame()
        watch.look(10.0, 10.2, frame)
        watch.look(0.0, 10.3, None)
        watch.look(10.0, 10.4, frame)
        self.assertEqual(watch.report(), [])


class Sleeper(User):
    wait_time = constant(1)

    @task
    def sleeps_in_c(self):
        ctypes.CDLL(None).usleep(400_000)


class InAProcess(unittest.TestCase):
    def test_user_class_and_line(self):
        _hub.ensure_open()
        _engine.take_lag()
        gevent.spawn(Sleeper.sleeps_in_c, object.__new__(Sleeper)).join()
        time.sleep(0.01)
        lines = [line for line in blocking.report() if line.startswith("Sleeper ")]
        self.assertEqual(len(lines), 1, blocking.report())
        line = Sleeper.sleeps_in_c.__code__.co_firstlineno + 2
        self.assertIn(f"test_blocking.py:{line}:", lines[0])
        self.assertGreaterEqual(_engine.take_lag(), 400)


if __name__ == "__main__":
    unittest.main()
