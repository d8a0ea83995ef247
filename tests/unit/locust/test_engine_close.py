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


if __name__ == "__main__":
    unittest.main()
