# SPDX-License-Identifier: Apache-2.0
"""Keys on a terminal."""
import os
import sys
import termios
import unittest
from unittest import mock

import gevent

from locust.input_events import input_listener


class Listen(unittest.TestCase):
    def test_keys_call_their_functions(self):
        master, slave = os.openpty()
        self.addCleanup(os.close, master)
        pressed = []
        keys = {"w": lambda: pressed.append("w"), "S": lambda: pressed.append("S")}
        with os.fdopen(slave) as terminal, mock.patch.object(sys, "stdin", terminal):
            before = termios.tcgetattr(slave)
            with mock.patch("atexit.register") as at_exit:
                greenlet = gevent.spawn(input_listener(keys))
                gevent.sleep(0)  # until it waits for keys
                os.write(master, b"w?S")
                with gevent.Timeout(20):
                    while len(pressed) < 2:
                        gevent.sleep(0.01)
            greenlet.kill()
            self.assertEqual(pressed, ["w", "S"])
            self.assertFalse(termios.tcgetattr(slave)[3] & termios.ICANON)
            function, *arguments = at_exit.call_args.args
            function(*arguments)
            self.assertEqual(termios.tcgetattr(slave), before)

    def test_no_terminal(self):
        with open(os.devnull) as null, mock.patch.object(sys, "stdin", null):
            input_listener({})()
        with mock.patch.object(sys, "stdin", None):
            input_listener({})()


if __name__ == "__main__":
    unittest.main()
