# SPDX-License-Identifier: Apache-2.0
"""Format and place of log lines."""
import io
import logging
import os
import tempfile
import unittest
from contextlib import redirect_stderr

from locust import log


class SetupLogging(unittest.TestCase):
    def setup(self, level, logfile=None):
        errors = io.StringIO()
        with redirect_stderr(errors):
            log.setup_logging(level, logfile)
        return errors

    def test_format(self):
        errors = self.setup("info")
        logging.getLogger("locust.main").info("one")
        logging.getLogger("locust.main").debug("two")
        logging.getLogger("mine").warning("three")
        lines = errors.getvalue().splitlines()
        stamp = r"^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\] "
        self.assertEqual(len(lines), 2)
        self.assertRegex(lines[0], stamp + log.HOSTNAME + "/INFO/locust.main: one$")
        self.assertRegex(lines[1], stamp + log.HOSTNAME + "/WARNING/mine: three$")

    def test_tables_are_plain_and_stay_on_stderr(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "log")
            errors = self.setup("WARNING", path)
            logging.getLogger("locust.stats_logger").info("table")
            logging.getLogger("locust.main").warning("line")
            self.assertEqual(errors.getvalue(), "table\n")
            with open(path) as file:
                self.assertTrue(file.read().endswith("/WARNING/locust.main: line\n"))
            for handler in logging.getLogger("locust").handlers + logging.getLogger().handlers:
                handler.close()

    def test_newest_lines_are_kept(self):
        self.setup("INFO")
        for number in range(log.KEPT_LINES + 1):
            logging.getLogger("locust.main").info("line %d", number)
        self.assertEqual(len(log.get_logs()), log.KEPT_LINES)
        self.assertTrue(log.get_logs()[-1].endswith(f"line {log.KEPT_LINES}"))

    def test_unknown_level(self):
        with self.assertRaises(ValueError):
            self.setup("FOO")


class GreenletExceptionLogger(unittest.TestCase):
    def test_sets_flag_and_logs(self):
        class Failed:
            exc_info = (ValueError, ValueError("boo"), None)

            def __str__(self):
                return "<Greenlet f>"

        log.unhandled_greenlet_exception = False
        with self.assertLogs("some", logging.CRITICAL) as lines:
            log.greenlet_exception_logger(logging.getLogger("some"))(Failed())
        self.assertTrue(log.unhandled_greenlet_exception)
        self.assertIn("Unhandled exception in greenlet: <Greenlet f>", lines.output[0])
        self.assertIn("ValueError: boo", lines.output[0])


if __name__ == "__main__":
    unittest.main()
