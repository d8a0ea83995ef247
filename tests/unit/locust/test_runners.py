# SPDX-License-Identifier: Apache-2.0
"""A test in one process: states, events, users, shapes, messages."""
import unittest

import gevent
from runner_helpers import environment, fast, until, user_class

from locust import LoadTestShape, _engine, arrival
from locust.env import Environment
from locust.exception import LocustError, RunnerAlreadyExistsError, StopTest, StopUser
from locust.runners import STATE_INIT, STATE_RUNNING, STATE_STOPPED

fast()


class LifeTest(unittest.TestCase):
    def setUp(self):
        self.env = environment(user_class("B", weight=2), user_class("A"))
        self.runner = self.env.create_local_runner()
        self.addCleanup(self.runner.quit)

    def test_events_in_order(self):
        self.assertEqual(self.runner.state, STATE_INIT)
        with self.assertLogs("locust.runners", "INFO") as logs:
            self.runner.start(3, 1, wait=True)
        self.assertEqual(self.runner.state, STATE_RUNNING)
        self.assertEqual(self.runner.user_classes_count, {"B": 2, "A": 1})
        self.runner.stop()
        self.assertEqual(self.runner.state, STATE_STOPPED)
        self.assertEqual(
            self.env.told,
            [
                ("test_start", "ready", 0),
                ("spawning_complete", "spawning", 3),
                ("test_stopping", "running", 3),
                ("test_stop", "stopped", 0),
            ],
        )
        self.assertEqual(
            [record.getMessage() for record in logs.records],
            [
                "Ramping to 3 users at a rate of 1.00 per second",
                'All users spawned: {"A": 1, "B": 2} (3 total users)',
            ],
        )

    def test_stop_twice_and_start_again(self):
        self.runner.start(2, 2, wait=True)
        self.runner.stop()
        self.runner.stop()
        self.runner.start(1, 1, wait=True)
        self.assertEqual(self.runner.user_count, 1)
        self.assertEqual([name for name, *_ in self.env.told].count("test_start"), 2)
        self.assertEqual([name for name, *_ in self.env.told].count("test_stop"), 1)

    def test_another_target_is_the_same_test(self):
        self.runner.start(6, 3, wait=True)
        self.runner.start(2, 3, wait=True)
        self.assertEqual(self.runner.user_classes_count, {"B": 1, "A": 1})
        self.runner.start(4, 2, wait=True, user_classes=[self.env.user_classes[1]])
        self.assertEqual(self.runner.user_classes_count, {"B": 1, "A": 3})
        self.assertEqual(len([name for name, *_ in self.env.told if name == "test_start"]), 1)

    def test_a_newer_start_ends_a_ramp(self):
        self.runner.start(1000, 1)
        until(lambda: self.runner.user_count >= 3)
        self.runner.start(2, 1000, wait=True)
        self.assertEqual(sum(self.runner.user_classes_count.values()), 2)
        until(lambda: self.runner.user_count == 2)

    def test_reset_after_ramp(self):
        self.env.reset_stats = True
        self.env.events.test_start.add_listener(
            lambda environment, **_: environment.stats.log_request("GET", "/", 1, 1)
        )
        self.runner.start(1, 1, wait=True)
        self.assertEqual(self.env.stats.total.num_requests, 0)

    def test_users_that_end_themselves(self):
        def end(user):
            raise StopUser()

        env = environment(user_class("Short", end))
        runner = env.create_local_runner()
        self.addCleanup(runner.quit)
        runner.start(2, 2, wait=True)
        until(lambda: runner.user_count == 0)
        self.assertEqual(runner.state, STATE_RUNNING)

    def test_what_cannot_be_started(self):
        with self.assertRaisesRegex(ValueError, "spawn_rate must be > 0, got 0"):
            self.runner.start(1, 0)
        empty = Environment().create_local_runner()
        self.addCleanup(empty.quit)
        with self.assertRaisesRegex(ValueError, "no user classes"):
            empty.start(1, 1)

    def test_high_rates_are_warned_of(self):
        with self.assertLogs("locust.runners", "WARNING") as logs:
            self.runner.start(1, 101, wait=True)
        self.assertIn("Your selected spawn rate is very high (>100)", logs.output[0])

    def test_host_of_the_environment(self):
        self.env.host = "http://origin"
        self.runner.start(1, 1, wait=True)
        self.assertEqual(self.env.user_classes[0].host, "http://origin")


class EndTest(unittest.TestCase):
    """Who ends a test, and how users go."""

    def run_one(self, task, **attributes):
        env = environment(user_class("A", task), **attributes)
        runner = env.create_local_runner()
        runner.start(3, 3, wait=True)
        return env, runner

    def test_quit_in_a_task(self):
        env, runner = self.run_one(lambda user: user.environment.runner.quit())
        runner.greenlet.join(timeout=20)
        self.assertEqual(len(runner.greenlet), 0)
        until(lambda: runner.state == STATE_STOPPED)
        self.assertEqual(runner.user_count, 0)

    def test_quit_in_a_task_with_a_stop_timeout(self):
        done = []

        def task(user):
            user.environment.runner.quit()
            done.append(user)

        env, runner = self.run_one(task, stop_timeout=1000)
        until(lambda: runner.state == STATE_STOPPED)
        self.assertEqual(len(done), 3)

    def test_quit_in_listeners(self):
        for name in ("test_start", "spawning_complete", "test_stopping", "test_stop"):
            with self.subTest(name):
                env = environment(user_class("A"))
                runner = env.create_local_runner()
                getattr(env.events, name).add_listener(lambda r=runner, **_: r.quit())
                runner.start(1, 1)
                until(lambda: name in [told for told, *_ in env.told] or runner.user_count)
                runner.quit()
                self.assertIn(runner.state, (STATE_INIT, STATE_STOPPED))
                self.assertEqual(runner.user_count, 0)

    def test_without_timeout_all_are_killed_at_once(self):
        inside = []

        def on_stop(user):
            inside.append(user)
            until(lambda: len(inside) == 3)

        env = environment(user_class("A", lambda user: _engine.sleep(3600), on_stop=on_stop))
        runner = env.create_local_runner()
        runner.start(3, 3, wait=True)
        until(lambda: all(g.args[0]._state for g in runner.user_greenlets))
        runner.stop()
        self.assertEqual(len(inside), 3)

    def test_tasks_may_finish(self):
        begun, done, go = [], [], gevent.event.Event()

        def task(user):
            begun.append(user)
            go.wait()
            done.append(user)

        env, runner = self.run_one(task, stop_timeout=100_000)
        until(lambda: len(begun) == 3)
        gevent.spawn_later(0.01, go.set)
        runner.stop()
        self.assertEqual(len(done), 3)

    def test_late_tasks_are_killed(self):
        begun = []

        def task(user):
            begun.append(user)
            _engine.sleep(3600)

        env, runner = self.run_one(task, stop_timeout=5)
        until(lambda: len(begun) == 3)
        with self.assertLogs("locust.runners", "INFO") as logs:
            runner.stop()
        self.assertIn("terminated in 5 seconds. Stopping them...", logs.output[-1])
        self.assertEqual(runner.user_count, 0)

    def test_users_that_cannot_be_made(self):
        def refuse(user, environment):
            raise StopTest("no host")

        env = environment(user_class("A", __init__=refuse))
        runner = env.create_local_runner()
        with self.assertLogs("locust.runners", "WARNING") as logs:
            runner.start(1, 1)
            runner.greenlet.join(timeout=20)
        self.assertEqual([r.getMessage() for r in logs.records], ["no host", "Stopping Locust..."])


class ShapeTest(unittest.TestCase):
    def test_ticks(self):
        class Shape(LoadTestShape):
            plan = [(2, 2), (2, 2), (4, 4), (1, 4)]

            def tick(self):
                return self.plan.pop(0) if self.plan else None

        env = environment(user_class("A"), shape_class=Shape())
        runner = env.create_local_runner()
        self.addCleanup(runner.quit)
        with self.assertLogs("locust.runners", "INFO") as logs:
            runner.start_shape()
            runner.start_shape()
            until(lambda: runner.state == STATE_STOPPED)
        messages = [record.getMessage() for record in logs.records]
        self.assertEqual(messages[0], "Shape test starting.")
        self.assertIn("There is an ongoing shape test running. Editing is disabled", messages)
        self.assertEqual(
            [m for m in messages if m.startswith("Shape test updating")],
            [
                "Shape test updating to 2 users at 2.00 spawn rate",
                "Shape test updating to 4 users at 4.00 spawn rate",
                "Shape test updating to 1 users at 4.00 spawn rate",
            ],
        )
        self.assertEqual(messages[-1], "Shape test stopping")
        self.assertIs(env.shape_class.runner, runner)

    def test_without_a_shape(self):
        runner = environment(user_class("A")).create_local_runner()
        self.addCleanup(runner.quit)
        with self.assertRaisesRegex(ValueError, "There is no load shape"):
            runner.start_shape()


class ArrivalTest(unittest.TestCase):
    def test_beside_a_ramp(self):
        runs = []
        visitor = arrival(1000, max_users=2)(user_class("Visitor", runs.append))
        for others in ([], [user_class("A")]):
            with self.subTest(others):
                runs.clear()
                env = environment(visitor, *others)
                runner = env.create_local_runner()
                runner.start(3, 3, wait=True)
                self.assertEqual(runner.target_user_classes_count, {"A": 3} if others else {})
                until(lambda: len(runs) > 5)
                self.assertLessEqual(runner.user_classes_count["Visitor"], 2)
                runner.quit()
                self.assertEqual(runner.user_count, 0)
                self.assertEqual(env.told[-1], ("test_stop", "stopped", 0))


class MessageTest(unittest.TestCase):
    def test_to_itself(self):
        env = environment(user_class("A"))
        runner = env.create_local_runner()
        self.addCleanup(runner.quit)
        got = []
        runner.register_message("here", lambda environment, msg: got.append(msg.data))
        runner.register_message("later", lambda environment, msg: got.append(msg.data), True)
        with self.assertRaisesRegex(Exception, "here, but it already had a listener"):
            runner.register_message("here", print)
        runner.send_message("here", {"a": 1})
        self.assertEqual(got, [{"a": 1}])
        runner.send_message("later", 2)
        self.assertEqual(len(got), 1)
        until(lambda: got == [{"a": 1}, 2])
        with self.assertLogs("locust.runners", "WARNING") as logs:
            runner.send_message("nobody")
        self.assertIn("Unknown message type received: nobody", logs.output[0])


class ExceptionsTest(unittest.TestCase):
    def test_grouped_by_place(self):
        def fail(user):
            raise KeyError("x")

        env = environment(user_class("A", fail))
        runner = env.create_local_runner()
        with self.assertLogs("locust.user.task", "ERROR"):
            runner.start(2, 2, wait=True)
            until(lambda: runner.exceptions and [*runner.exceptions.values()][0]["count"] == 2)
        runner.quit()
        (row,) = runner.exceptions.values()
        self.assertEqual((row["msg"], row["nodes"]), ("'x'", {"local"}))
        self.assertIn("in fail", row["traceback"])


class EnvironmentTest(unittest.TestCase):
    def test_refusals(self):
        a, zero = user_class("A"), user_class("Zero", weight=0)
        with self.assertRaisesRegex(ValueError, "no users with weight > 0"):
            Environment(user_classes=[zero])
        with self.assertRaisesRegex(ValueError, "have the same class name: .*A, .*A"):
            Environment(user_classes=[a, user_class("A")])
        with self.assertRaisesRegex(ValueError, "shape_class should be instance of LoadTestShape"):
            Environment(user_classes=[a], shape_class=3)
        env = Environment(user_classes=[a, zero, user_class("Z", weight=0, fixed_count=1)])
        self.assertEqual([c.__name__ for c in env.user_classes], ["A", "Z"])
        with self.assertRaisesRegex(LocustError, "create_web_ui"):
            env.create_web_ui()
        self.addCleanup(env.create_local_runner().quit)
        with self.assertRaises(RunnerAlreadyExistsError):
            env.create_local_runner()

    def test_equal_weights(self):
        def other(user):
            pass

        a = user_class("A", weight=5)
        a.tasks = [other, other, *a.tasks]
        Environment(user_classes=[a]).assign_equal_weights()
        self.assertEqual((a.weight, len(a.tasks)), (1, 2))

    def test_settings_of_a_class(self):
        def other(user):
            pass

        a = user_class("A")
        a.tasks = [*a.tasks, other]
        env = Environment(user_classes=[a])
        env.update_user_class({"user_class_name": "A", "weight": 7, "tasks": ["other"]})
        self.assertEqual((a.weight, a.tasks), (7, [other]))
        env.update_user_class('{"user_class_name": "A", "host": "http://x"}')
        self.assertEqual(a.host, "http://x")
        with self.assertRaisesRegex(ValueError, "no user class 'Q'; there are A"):
            env.update_user_class({"user_class_name": "Q"})
        with self.assertRaisesRegex(ValueError, "A has no task 'nope'; it has other"):
            env.update_user_class({"user_class_name": "A", "tasks": ["nope"]})


if __name__ == "__main__":
    unittest.main()
