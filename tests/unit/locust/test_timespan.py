# SPDX-License-Identifier: Apache-2.0
"""Which time spans are read, and the factor of a rehearsal."""
import os
import unittest
from unittest import mock

from locust.util.timespan import parse_timespan, time_scale


class ParseTimespan(unittest.TestCase):
    def test_valid(self):
        cases = {
            "300": 300,
            "300s": 300,
            "20m": 1200,
            "3h": 10800,
            "1h30m": 5400,
            "1h30m20s": 5420,
            "10m20s": 620,
            "1h1s": 3601,
            "0": 0,
            "0s": 0,
            "5\n": 5,
        }
        for text, seconds in cases.items():
            with self.subTest(text=text):
                self.assertEqual(parse_timespan(text), seconds)

    def test_invalid(self):
        cases = ["", "1.5", "-3", "3x", " 5s", "5 s", "30m1h", "5S", "1d", "s", "1h10", "1hm", "10sm"]
        for text in cases:
            with self.subTest(text=text), self.assertRaisesRegex(ValueError, "^Invalid time span"):
                parse_timespan(text)


class TimeScale(unittest.TestCase):
    def scale(self, text):
        with mock.patch.dict(os.environ, {"KENEYPERF_TIME_SCALE": text}):
            return time_scale()

    def test_valid(self):
        self.assertEqual(self.scale(""), 1.0)
        self.assertEqual(self.scale("0.02"), 0.02)
        self.assertEqual(self.scale("1000"), 1000.0)

    def test_invalid(self):
        for text in ["0", "-1", "nan", "inf", "1001", "fast"]:
            with self.subTest(text=text), self.assertRaisesRegex(ValueError, "factor above 0"):
                self.scale(text)


if __name__ == "__main__":
    unittest.main()
