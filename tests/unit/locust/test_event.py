# SPDX-License-Identifier: Apache-2.0
import unittest
from unittest import mock

from locust import event, log
from locust.event import EventHook, Events
from locust.exception import StopUser


class EventHookTest(unittest.TestCase):
    def setUp(self):
        self.calls = []
        log.unhandled_greenlet_exception = False

    def listener(self, name):
        return lambda **kwargs: self.calls.append((name, kwargs))

    def test_order_and_reverse(self):
        hook = EventHook()
        hook.add_listener(self.listener("a"))
        hook.add_listener(self.listener("b"))
        hook.fire(x=1)
        hook.fire(reverse=True, x=2)
        self.assertEqual(
            self.calls, [("a", {"x": 1}), ("b", {"x": 1}), ("b", {"x": 2}), ("a", {"x": 2})]
        )

    def test_decorator_and_removal(self):
        hook = EventHook()

        @hook.add_listener
        def handler(**kwargs):
            self.calls.append(kwargs)

        hook.remove_listener(handler)
        hook.fire()
        self.assertEqual(self.calls, [])
        with self.assertRaises(ValueError):
            hook.remove_listener(handler)

    def test_handler_that_raises_is_logged_and_others_run(self):
        hook = EventHook()
        hook.add_listener(lambda: None)  # takes no keywords
        hook.add_listener(self.listener("next"))
        with self.assertLogs(level="ERROR") as lines:
            hook.fire(x=1)
        self.assertIn("Uncaught exception in event handler: \nTraceback", lines.output[0])
        self.assertEqual(len(self.calls), 1)
        self.assertTrue(log.unhandled_greenlet_exception)

    def test_steering_exceptions_reach_the_task(self):
        def stop(**kwargs):
            raise StopUser()

        for hook in (EventHook(), Events().request):
            hook.add_listener(stop)
            with self.assertRaises(StopUser):
                hook.fire(request_type="A", name="n", response_time=None)

    def test_handlers_may_leave_while_called(self):
        hook = EventHook()
        hook.add_listener(lambda: hook.remove_listener(hook._handlers[0]))
        hook.add_listener(self.listener("b"))
        hook.fire()
        self.assertEqual(self.calls, [("b", {})])


class MeasureTest(unittest.TestCase):
    def setUp(self):
        self.hook = EventHook()
        self.samples = []
        self.hook.add_listener(lambda **kwargs: self.samples.append(kwargs))

    def test_sample_can_be_changed_in_the_block(self):
        with self.hook.measure("T", "n", context={"a": 1}) as sample:
            sample["response_length"] = 7
        [fired] = self.samples
        self.assertGreater(fired.pop("response_time"), 0)
        self.assertGreater(fired.pop("start_time"), 1e9)
        self.assertEqual(
            fired,
            {
                "request_type": "T",
                "name": "n",
                "response_length": 7,
                "context": {"a": 1},
                "exception": None,
            },
        )

    def test_exception_is_the_failure(self):
        with self.hook.measure("T", "n"):
            raise ValueError("boo")
        self.assertEqual(repr(self.samples[0]["exception"]), "ValueError('boo')")

    def test_what_kills_goes_on(self):
        with self.assertRaises(KeyboardInterrupt):
            with self.hook.measure("T", "n"):
                raise KeyboardInterrupt()
        self.assertIsNone(self.samples[0]["exception"])


class RequestEventTest(unittest.TestCase):
    def setUp(self):
        self.order = []
        self.hook = Events().request
        self.hook.recorder = lambda *sample: self.order.append(sample)
        patch = mock.patch.object(event._engine, "record_custom")
        self.record_custom = patch.start()
        self.addCleanup(patch.stop)

    def test_recorder_comes_first_and_gets_defaults(self):
        self.hook.add_listener(lambda **kwargs: self.order.append("handler"))
        self.hook.fire(request_type="A", name="n", response_time=1.5, surprise=1)
        self.assertEqual(self.order, [("A", "n", 1.5, 0, None), "handler"])
        self.record_custom.assert_called_once_with("", "A", "n", 1.5, False)

    def test_failure_and_untimed(self):
        self.hook.fire(request_type="A", name="n", response_time=1, exception="text")
        self.hook.fire(request_type="A", name="n")
        self.assertEqual(self.order, [("A", "n", 1, 0, "text"), ("A", "n", None, 0, None)])
        self.record_custom.assert_called_once_with("", "A", "n", 1, True)

    def test_the_engines_own_answers_are_not_custom(self):
        answer = event._engine.Answer.__new__(event._engine.Answer)
        self.hook.fire(request_type="GET", name="/", response_time=1, response=answer)
        self.record_custom.assert_not_called()
        self.assertEqual(len(self.order), 1)


class DeprecatedHooksTest(unittest.TestCase):
    def test_fed_by_the_request_hook(self):
        events, calls = Events(), []
        with self.assertLogs(level="WARNING") as lines:
            events.request_success.add_listener(lambda **kwargs: calls.append(kwargs))
            events.request_failure.add_listener(lambda **kwargs: calls.append(kwargs))
        self.assertIn("request_success event deprecated. Use the request event.", lines.output[0])
        events.request.fire(request_type="A", name="n", response_time=1, response_length=2, url="")
        events.request.fire(request_type="A", name="n", response_time=1, exception="no")
        sample = {"request_type": "A", "name": "n", "response_time": 1, "response_length": 2}
        self.assertEqual(calls, [sample, sample | {"response_length": 0, "exception": "no"}])


if __name__ == "__main__":
    unittest.main()
