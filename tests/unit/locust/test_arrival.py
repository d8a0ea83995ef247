# SPDX-License-Identifier: Apache-2.0
import logging
import os
import unittest
from itertools import islice
from unittest import mock

import gevent
from gevent.pool import Group
from support import Environment

from locust import TaskSet, User, arrival, task
from locust.user import arrival as arrival_module
from locust.user.arrival import Arrivals, steps
from locust.exception import RescheduleTask


def due(rate, until_s):
    moments = []
    for moment, is_due in steps(rate):
        if moment >= until_s:
            return moments
        if is_due:
            moments.append(round(moment, 6))


class StepsTest(unittest.TestCase):
    def test_number(self):
        self.assertEqual(list(islice(steps(4), 3)), [(0, True), (0.25, True), (0.5, True)])
        self.assertEqual(list(steps(0)), [])

    def test_function_that_is_constant(self):
        self.assertEqual(due(lambda elapsed: 8, 0.5), [0, 0.125, 0.25, 0.375])

    def test_ramp_is_exact_at_the_end_of_slices(self):
        # Area 50 t^2: run 50 is due after 1 s, run 200 after 2 s.
        moments = due(lambda elapsed: 100 * elapsed, 2.5)
        self.assertEqual((moments[50], moments[200]), (1.0, 2.0))

    def test_pause(self):
        moments = due(lambda elapsed: 10 if elapsed < 1 or elapsed > 3 else 0, 3.15)
        self.assertEqual((len(moments), moments[9], moments[10]), (12, 0.9, 3.0))

    def test_rehearsal_compresses_a_function(self):
        with mock.patch.dict(os.environ, KENEYPERF_TIME_SCALE="0.1"):
            moments = due(lambda elapsed: 100 if elapsed < 1 else 0, 0.4)
        self.assertEqual(len(moments), 10)

    def test_rates_that_cannot_be(self):
        for rate in (-1, float("inf"), float("nan"), "5"):
            with self.assertRaisesRegex(ValueError, "give runs a second"):
                arrival(rate)
            with self.assertRaisesRegex(ValueError, "give runs a second"):
                next(steps(lambda elapsed, rate=rate: rate))
        with self.assertRaisesRegex(ValueError, "at least one user"):
            arrival(1, max_users=0)


class Pool:
    """Makes users as a runner does."""

    def __init__(self):
        self.environment = Environment()
        self.group = Group()
        self.users = []

    def running(self, name):
        return len(self.group)

    def spawn(self, user_class, count):
        for _ in range(count):
            self.users.append(user_class(self.environment))
            self.users[-1].start(self.group)


class Visitor(User):
    abstract = True

    def on_start(self):
        self.runs = []

    def pause(self):
        self.runs.append(self._intended)
        gevent.sleep(0)


class ArrivalsTest(unittest.TestCase):
    def setUp(self):
        logging.disable(logging.CRITICAL)
        self.addCleanup(logging.disable, logging.NOTSET)
        engine = mock.patch.object(arrival_module, "_engine")
        self.dropped = engine.start().record_dropped
        self.addCleanup(engine.stop)
        self.pool = Pool()
        self.addCleanup(self.pool.group.kill)

    def arrivals(self, body, max_users, share=0, shares=1):
        made = type("Made", (Visitor,), {"tasks": [body]})
        arrival(1, max_users=max_users)(made)
        return Arrivals(made, self.pool, share, shares)

    def settle(self):
        for _ in range(100):
            gevent.sleep(0)

    def until_free(self, arrivals):
        with gevent.Timeout(20):
            while not arrivals._free:
                gevent.sleep(0)

    def runs(self):
        return [user.runs for user in self.pool.users]

    def test_free_users_are_reused_and_the_longest_waiting_first(self):
        arrivals = self.arrivals(Visitor.pause, max_users=5)
        for moments in ([1, 2], [3], [4], [5, 6, 7]):
            for moment in moments:
                arrivals.start_run(moment)
            self.settle()
        self.assertEqual(self.runs(), [[1, 3, 5], [2, 4, 6], [7]])
        self.dropped.assert_not_called()

    def test_no_user_left(self):
        arrivals = self.arrivals(Visitor.pause, max_users=1)
        arrivals.start_run(1)
        arrivals.start_run(2)
        self.settle()
        self.assertEqual(self.runs(), [[1]])
        self.dropped.assert_called_once_with("Made", 1)

    def test_run_goes_to_who_is_free_first(self):
        arrivals = self.arrivals(Visitor.pause, max_users=2)
        arrivals.start_run(1)
        gevent.sleep(0)  # on_start
        arrivals.start_run(2)
        self.settle()
        self.assertEqual(sorted(sum(self.runs(), [])), [1, 2])

    def test_exceptions_end_the_run_and_not_the_user(self):
        def body(user):
            user.pause()
            raise RescheduleTask() if len(user.runs) == 1 else ValueError("boo")

        arrivals = self.arrivals(body, max_users=1)
        for moment in (1, 2, 3):
            arrivals.start_run(moment)
            self.settle()
        self.assertEqual(self.runs(), [[1, 2, 3]])
        self.assertEqual(len(self.pool.environment.errors), 2)

    def test_a_taskset_is_one_run_of_which_the_first_task_was_due(self):
        class Session(TaskSet):
            @task
            def step(self):
                self.user.pause()
                if len(self.user.runs) % 2 == 0:
                    self.interrupt()

        arrivals = self.arrivals(Session, max_users=1)
        for moment in (1, 2):
            arrivals.start_run(moment)
            self.until_free(arrivals)
        self.assertEqual(self.runs(), [[1, -1, 2, -1]])

    def test_users_that_cannot_start_do_not_pile_up_runs(self):
        arrivals = self.arrivals(Visitor.pause, max_users=2)
        arrivals._user_class.on_start = lambda user: 1 / 0
        with mock.patch("sys.stderr"):
            for moment in range(5):
                arrivals.start_run(moment)
                self.settle()
        self.assertEqual(self.dropped.call_count, 3)
        arrivals.end()
        self.dropped.assert_called_with("Made", 2)

    def test_user_that_is_stopped_gives_its_run_back(self):
        arrivals = self.arrivals(Visitor.pause, max_users=1)
        arrivals.start_run(1)
        self.settle()
        self.pool.users[0].greenlet.kill(block=False)
        arrivals.start_run(2)  # the user has it, but cannot begin
        self.settle()
        self.assertEqual(self.runs(), [[1]])
        self.dropped.assert_called_once_with("Made", 1)

    def test_stop_of_a_free_user(self):
        arrivals = self.arrivals(Visitor.pause, max_users=1)
        arrivals.start_run(1)
        self.settle()
        self.assertIs(self.pool.users[0].stop(), True)
        arrivals.start_run(2)
        self.settle()
        self.assertEqual(self.runs(), [[1], [2]])
        self.dropped.assert_not_called()


class SharesTest(unittest.TestCase):
    def started(self, share, shares, max_users):
        made = type("Made", (Visitor,), {})
        arrival(10, max_users=max_users)(made)
        arrivals = Arrivals(made, None, share, shares)
        with mock.patch.multiple(arrival_module, _engine=mock.DEFAULT, monotonic=lambda: 100.0):
            with mock.patch.object(arrival_module, "steps", lambda rate: islice(steps(rate), 8)):
                with mock.patch.object(arrivals, "start_run") as start_run:
                    arrivals.run()
        return [round((call.args[0] - 100) * 10) for call in start_run.mock_calls]

    def test_processes_share_one_schedule(self):
        self.assertEqual(self.started(0, 1, 9), [0, 1, 2, 3, 4, 5, 6, 7])
        shares = [self.started(share, 3, 9) for share in range(3)]
        self.assertEqual(shares, [[0, 3, 6], [1, 4, 7], [2, 5]])

    def test_process_without_a_user_has_no_runs(self):
        shares = [self.started(share, 3, 2) for share in range(3)]
        self.assertEqual(shares, [[0, 2, 4, 6], [1, 3, 5, 7], []])

    def test_users_are_shared_out(self):
        made = arrival(1, max_users=5)(type("Made", (Visitor,), {}))
        self.assertEqual([Arrivals(made, None, i, 3)._max_users for i in range(3)], [2, 2, 1])


if __name__ == "__main__":
    unittest.main()
