# SPDX-License-Identifier: Apache-2.0
"""The engine closes whatever still waits for it."""
import subprocess
import sys
import unittest

import gevent

from locust import _engine, _hub


class TestClose(unittest.TestCase):
    def setUp(self) -> None:
        _hub.ensure_open()

    def tearDown(self) -> None:
        _hub.close()

    def test_sleepers_are_left_and_can_be_killed(self) -> None:
        sleeper = gevent.spawn(_engine.sleep, 1000)
        gevent.sleep(0)
        _hub.close()
        self.assertFalse(sleeper.dead)
        sleeper.kill(timeout=20)
        self.assertTrue(sleeper.dead)

    def test_what_is_old_leaves_a_new_engine_alone(self) -> None:
        session = _engine.Session("Old")
        waiting = gevent.spawn(_engine.sleep, 1000)
        gevent.sleep(0)
        _hub.close()
        _hub.ensure_open()
        self.assertRaisesRegex(RuntimeError, "was closed", session.cookies)
        newer = _engine.Session("New")
        waiting.kill(timeout=20)
        del session
        self.assertEqual(newer.cookies(), [])
        gevent.spawn(_engine.sleep, 0).get(timeout=20)

    def test_by_a_greenlet_that_it_has_woken(self) -> None:
        def end() -> None:
            _engine.sleep(0.001)
            _hub.close()

        gevent.spawn(end).get(timeout=20)

    def test_a_sleeper_that_somebody_else_wakes(self) -> None:
        sleeper = gevent.spawn(_engine.sleep, 1000)
        gevent.sleep(0)
        _hub.close()
        gevent.get_hub().loop.run_callback(sleeper.switch)
        with self.assertRaisesRegex(RuntimeError, "was closed"):
            sleeper.get(timeout=20)

    def test_the_hub_cannot_sleep(self) -> None:
        refusals = []

        def sleep() -> None:
            try:
                _engine.sleep(0)
            except RuntimeError as error:
                refusals.append(str(error))

        gevent.get_hub().loop.run_callback(sleep)
        gevent.sleep(0.01)
        self.assertIn("the hub itself cannot wait", refusals[0])
        gevent.spawn(_engine.sleep, 0).get(timeout=20)

    def test_a_process_ends_while_greenlets_sleep(self) -> None:
        text = (
            "import gevent\n"
            "from locust import _engine, _hub\n"
            "_hub.ensure_open()\n"
            "gevent.spawn(_engine.sleep, 1000)\n"
            "gevent.sleep(0)\n"
        )
        ended = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True)
        self.assertEqual((ended.returncode, ended.stderr), (0, ""))

    def test_a_forked_child_leaves_the_engine_to_its_parent(self) -> None:
        text = (
            "import os, sys\n"
            "import gevent\n"
            "from locust import _engine, _hub\n"
            "_hub.ensure_open()\n"
            "sleeper = gevent.spawn(_engine.sleep, 0.05)\n"
            "session = _engine.Session('A')\n"
            "gevent.sleep(0)\n"
            "child = os.fork()\n"
            "if child == 0:\n"
            "    del session\n"
            "    for use in (lambda: _engine.sleep(0), lambda: _engine.Session('A'), _hub.ensure_open):\n"
            "        try:\n"
            "            use()\n"
            "        except RuntimeError as error:\n"
            "            print(error)\n"
            "    gevent.sleep(0.1)\n"
            "    sys.exit(7)\n"
            "print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
            "sleeper.join(20)\n"
            "print(sleeper.dead)\n"
        )
        ended = subprocess.run(
            [sys.executable, "-c", text], capture_output=True, text=True, timeout=60
        )
        self.assertEqual((ended.returncode, ended.stderr), (0, ""))
        self.assertEqual(ended.stdout.count("in a forked process"), 3)
        self.assertTrue(ended.stdout.endswith("7\nTrue\n"), ended.stdout)


if __name__ == "__main__":
    unittest.main()
