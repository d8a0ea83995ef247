# SPDX-License-Identifier: Apache-2.0
"""The life of a user: what runs in which order, and how each exception goes on."""
import logging
import random
import unittest

import gevent
from gevent.pool import Group
from support import Environment, run_user

from locust import HttpUser, SequentialTaskSet, TaskSet, User, between, constant, task
from locust.exception import (
    InterruptTaskSet,
    MissingWaitTimeError,
    RescheduleTask,
    RescheduleTaskImmediately,
    StopTest,
    StopUser,
)


class Told(User):
    """Keeps what happened; ends after `runs` calls of tell()."""

    abstract = True
    runs = 3

    def __init__(self, environment):
        super().__init__(environment)
        self.told = []
        self.left = self.runs

    def wait_time(self):
        self.told.append("wait")
        return 0

    def on_start(self):
        self.told.append("start")

    def on_stop(self):
        self.told.append("stop")

    def tell(self, what):
        self.told.append(what)
        self.left -= 1
        if not self.left:
            raise StopUser()


class ToldTaskSet(TaskSet):
    def wait_time(self):
        self.user.told.append("inner wait")
        return 0

    def on_start(self):
        self.user.told.append("inner start")

    def on_stop(self):
        self.user.told.append("inner stop")


class LoopTest(unittest.TestCase):
    def setUp(self):
        logging.disable(logging.CRITICAL)
        self.addCleanup(logging.disable, logging.NOTSET)

    def told(self, body, environment=None, **members):
        user_class = type("Made", (Told,), {"tasks": [body], **members})
        return run_user(user_class, environment).told

    def raising(self, error):
        def body(user):
            user.tell("run")
            raise error

        return body

    def test_plain(self):
        expected = ["start", "run", "wait", "run", "wait", "run", "stop"]
        self.assertEqual(self.told(lambda user: user.tell("run")), expected)

    def test_reschedule(self):
        waits = ["start", "run", "wait", "run", "wait", "run", "stop"]
        at_once = ["start", "run", "run", "run", "stop"]
        self.assertEqual(self.told(self.raising(RescheduleTask())), waits)
        self.assertEqual(self.told(self.raising(RescheduleTaskImmediately())), at_once)

    def test_error_is_told_and_waits(self):
        environment = Environment()
        told = self.told(self.raising(ValueError("boo")), environment)
        self.assertEqual(told, ["start", "run", "wait", "run", "wait", "run", "stop"])
        self.assertEqual(environment.errors, [("DefaultTaskSet", "ValueError('boo')")] * 2)

    def test_errors_of_a_library_user(self):
        environment = Environment()
        environment.catch_exceptions = False
        self.assertEqual(self.told(self.raising(ValueError("boo")), environment), ["start", "run"])
        self.assertEqual(len(environment.errors), 1)

    def test_no_tasks(self):
        environment = Environment()
        told = []

        def wait_time(user):
            told.append("wait")
            raise StopUser()

        run_user(type("Idle", (User,), {"wait_time": wait_time}), environment)
        self.assertIn("No tasks defined on Idle. Use the @task decorator", environment.errors[0][1])
        self.assertEqual(told, ["wait"])

    def test_on_start_that_raises_ends_the_user(self):
        def on_start(user):
            raise ValueError("boo")

        environment = Environment()
        made = type("Made", (Told,), {"on_start": on_start, "tasks": [lambda user: None]})
        user = made(environment)
        greenlet = user.start(Group())
        greenlet.join()
        self.assertEqual(repr(greenlet.exception), "ValueError('boo')")
        self.assertEqual((user.told, environment.errors), ([], [("Made", "ValueError('boo')")]))

    def test_nested(self):
        class Inner(ToldTaskSet):
            @task
            def x(self):
                self.user.tell(f"x of {type(self.parent).__name__}")
                self.interrupt()

        expected = ["inner start", "x of Made", "inner stop"]
        self.assertEqual(self.told(Inner), ["start", *(expected * 3), "stop"])

    def test_nested_that_reschedules_later_waits_as_its_parent(self):
        class Innermost(TaskSet):
            @task
            def x(self):
                self.user.tell("x")
                self.interrupt(reschedule=False)

        class Inner(ToldTaskSet):
            tasks = [Innermost]

        expected = ["start", "inner start", "x", "inner wait", "x", "inner wait", "x"]
        self.assertEqual(self.told(Inner), [*expected, "inner stop", "stop"])

    def test_nested_on_start_may_interrupt(self):
        class Inner(ToldTaskSet):
            def on_start(self):
                self.user.tell("inner start")
                self.interrupt()

        self.assertEqual(self.told(Inner), ["start", *["inner start"] * 3, "stop"])

    def test_interrupt_at_the_top_ends_the_user(self):
        self.assertEqual(self.told(self.raising(InterruptTaskSet())), ["start", "run"])

    def test_on_stop_that_raises_does_not_keep_the_taskset(self):
        class Inner(ToldTaskSet):
            @task
            def x(self):
                self.user.tell("x")
                self.interrupt()

            def on_stop(self):
                raise ValueError("boo")

        environment = Environment()
        told = self.told(Inner, environment)
        self.assertEqual(told, ["start", *["inner start", "x"] * 3, "stop"])
        self.assertEqual(environment.errors, [])

    def test_sequence_cycles(self):
        class Inner(SequentialTaskSet):
            @task
            def a(self):
                self.user.tell("a")

            @task(2)
            def b(self):
                self.user.tell("b")

        told = self.told(Inner, runs=5, wait_time=constant(0))
        self.assertEqual(told, ["start", "a", "b", "b", "a", "b", "stop"])

    def test_scheduled_tasks_come_before_picked_ones(self):
        class Inner(TaskSet):
            def on_start(self):
                self.schedule_task(self.bound)
                self.schedule_task(Inner.unbound)
                self.schedule_task(self.bound, first=True)

            def bound(self):
                self.user.tell("bound")

            def unbound(self):
                self.user.tell("unbound")

            @task
            def picked(self):
                self.user.tell("picked")

        told = self.told(Inner, runs=4, wait_time=constant(0))
        self.assertEqual(told, ["start", "bound", "bound", "unbound", "picked", "stop"])


class Inner(TaskSet):
    @task(3)
    def x(self):
        self.user.tell("x")

    @task
    def y(self):
        self.user.tell("y")
        self.interrupt()


class Seeded(Told):
    runs = 60
    wait_time = between(0, 1e-6)
    tasks = {Inner: 2}

    @task(5)
    def a(self):
        self.tell("a")

    @task
    def b(self):
        self.tell("b")
        raise ValueError("boo")


class SeedTest(unittest.TestCase):
    def test_a_seeded_run_is_locusts(self):
        """What Locust 2.12.1 and 2.47.0 run, and the random number that they leave."""
        logging.disable(logging.CRITICAL)
        self.addCleanup(logging.disable, logging.NOTSET)
        random.seed(42)
        told = run_user(Seeded).told
        expected = "xxxxxxxyaaxxxxyxxyyxxxxxxyaaaxxyaaxxxxyabaaaaaxxyyabxxxyaaax"
        self.assertEqual("".join(told), f"start{expected}stop")
        self.assertEqual(random.random(), 0.8416693481724671)


class WaitTimeTest(unittest.TestCase):
    def wait_of(self, user_members, taskset_members=None):
        user_class = type("Made", (User,), {"tasks": [], **user_members})
        taskset_class = type("Tasks", (TaskSet,), taskset_members or {})
        return taskset_class(user_class(Environment())).wait_time()

    def test_precedence(self):
        milliseconds = {"min_wait": 2000, "max_wait": 2000}
        self.assertEqual(self.wait_of({"wait_time": constant(3)}), 3)
        self.assertEqual(self.wait_of({"wait_time": constant(3), **milliseconds}), 3)
        self.assertEqual(self.wait_of({"wait_time": None, **milliseconds}), 2)
        self.assertEqual(self.wait_of({"wait_time": None}, milliseconds), 2)
        self.assertEqual(self.wait_of({}, {"wait_time": lambda self: 4}), 4)

    def test_without_any(self):
        with self.assertRaisesRegex(MissingWaitTimeError, "either the Made or Tasks class"):
            self.wait_of({"wait_time": None})


class StopUserTest(unittest.TestCase):
    def start(self, user_class):
        user = user_class(Environment())
        user.start(Group())
        gevent.sleep(0)
        return user

    def test_waiting_user_is_killed(self):
        class Waiting(Told):
            wait_time = constant(60)

            @task
            def once(self):
                self.told.append("run")

        user = self.start(Waiting)
        self.assertIs(user.stop(), True)
        self.assertEqual(user.told, ["start", "run", "stop"])
        self.assertTrue(user.greenlet.successful())

    def test_running_user_ends_its_task(self):
        go_on = gevent.event.Event()

        class Running(Told):
            @task
            def long(self):
                go_on.wait()
                self.told.append("end")

        user = self.start(Running)
        self.assertIs(user.stop(), False)
        self.assertFalse(user.greenlet.dead)
        go_on.set()
        user.greenlet.join()
        self.assertEqual(user.told, ["start", "end", "stop"])

    def test_force_cuts_the_task(self):
        class Running(Told):
            @task
            def long(self):
                gevent.sleep(60)

        user = self.start(Running)
        self.assertIs(user.stop(force=True), True)
        self.assertEqual(user.told, ["start", "stop"])

    def test_before_it_ran(self):
        user = Told(Environment())
        user.start(Group())
        self.assertIs(user.stop(), True)
        self.assertEqual(user.told, [])


class SurfaceTest(unittest.TestCase):
    def test_describes_itself(self):
        class Described(User):
            host = "http://a"
            weight = 2

            @task(2)
            def x(self):
                pass

        expected = {"host": "http://a", "weight": 2, "fixed_count": 0, "tasks": ["x", "x"]}
        self.assertEqual(Described.json(), expected)
        self.assertEqual(Described.fullname(), f"{__name__}.Described")
        user = Described(Environment())
        self.assertEqual((user.context(), user.group, user.greenlet), ({}, None, None))

    def test_http_user_needs_a_host(self):
        with self.assertRaisesRegex(StopTest, "You must specify the base host"):
            type("Hostless", (HttpUser,), {})(Environment())

    def test_a_host_without_a_scheme_is_said_once(self):
        bare = type("Bare", (HttpUser,), {"host": "127.0.0.1:1"})
        with self.assertLogs("locust.user.users", "WARNING") as logs:
            bare(Environment())
            bare(Environment())
        self.assertEqual(len(logs.output), 1)
        self.assertIn("127.0.0.1:1 has no http:// or https://", logs.output[0])

    def test_pytest_users_are_refused_by_name(self):
        with self.assertRaisesRegex(ImportError, "PytestUser is not supported"):
            from locust.user.users import PytestUser  # noqa: F401


if __name__ == "__main__":
    unittest.main()
