# SPDX-License-Identifier: Apache-2.0
"""One row of the statistics: counting in C, what is derived from it in Python."""
import json
import unittest
from unittest import mock

from locust import stats
from locust._engine import Entry
from locust.stats import RequestStats, StatsEntry, bucket_response_time


class Counting(unittest.TestCase):
    def test_keys_are_rounded_as_locust_does(self):
        cases = {
            0: 0, 0.4: 0, 0.5: 0, 1.5: 2, 2.5: 2, 99.4: 99, 99.5: 100, 99.6: 100, 100: 100,
            105: 100, 115: 120, 125: 120, 994: 990, 995: 1000, 999.9: 1000, 1049.9: 1000,
            1050: 1000, 1150: 1200, 9949: 9900, 9950: 10000, 12345: 12000, 12500: 12000,
            99999: 100000, 123456: 123000, 1234567: 1235000, -3: -3,
        }  # fmt: skip
        for milliseconds, key in cases.items():
            with self.subTest(milliseconds=milliseconds):
                entry = Entry()
                entry.log(milliseconds, 0)
                self.assertEqual(entry.response_times, {key: 1})
                self.assertIs(type(next(iter(entry.response_times))), int)
                self.assertEqual(bucket_response_time(milliseconds), key)

    def test_both_roundings_agree(self):
        value = 0.013
        while value < 3e6:
            entry = Entry()
            entry.log(value, 0)
            self.assertEqual(list(entry.response_times), [bucket_response_time(value)], value)
            value *= 1.0137

    def test_sums(self):
        entry = Entry()
        for sample in ((5, 10), (2.5, 4), (None, 1), (7, None)):
            entry.log(*sample, 1000.9)
        self.assertEqual(entry.num_requests, 4)
        self.assertEqual(entry.num_none_requests, 1)
        self.assertEqual(entry.total_response_time, 14.5)
        self.assertEqual(entry.total_content_length, 15)
        self.assertEqual((entry.min_response_time, entry.max_response_time), (2.5, 7))
        self.assertEqual(entry.num_reqs_per_sec, {1000: 4})
        self.assertEqual(entry.last_request_timestamp, 1000.9)

    def test_sums_are_whole_until_a_float_comes(self):
        entry = Entry()
        entry.log(5, 10)
        self.assertEqual(json.dumps([entry.total_response_time, entry.max_response_time]), "[5, 5]")
        entry.log(1.0, 10)
        row = [entry.total_response_time, entry.min_response_time, entry.max_response_time]
        self.assertEqual(json.dumps(row), "[6.0, 1.0, 5]")

    def test_what_is_no_number_counts_nowhere(self):
        entry = Entry()
        bad = [("5", 1), (5, "1"), (float("nan"), 1), (float("inf"), 1), (5, 1, "now")]
        for sample in [*bad, (5,), (5, 1, 2, 3, 4), (5, 1, 1.0, [])]:
            with self.subTest(sample=sample), self.assertRaises((TypeError, ValueError)):
                entry.log(*sample)
        self.assertEqual((entry.num_requests, entry.num_reqs_per_sec), (0, {}))

    def test_failures(self):
        entry = Entry()
        entry.log_error("x", 12.5)
        entry.log_error("x", 12.9)
        entry.log_error()
        self.assertEqual(entry.num_failures, 3)
        self.assertEqual(entry.num_fail_per_sec.pop(12), 2)
        self.assertEqual(sum(entry.num_fail_per_sec.values()), 1)

    def test_a_key_of_the_callers(self):
        entry = Entry()
        entry.log(123.4, 0, 1.0, 123.4)
        self.assertEqual(entry.response_times, {123.4: 1})

    def test_attributes(self):
        entry = Entry()
        with self.assertRaises(TypeError):
            entry.response_times = None
        for name in ("response_times", "min_response_time"):
            with self.assertRaises(AttributeError):
                delattr(entry, name)
        entry.min_response_time = None
        entry.last_request_timestamp = 4
        self.assertEqual((entry.min_response_time, entry.last_request_timestamp), (None, 4))


class Derived(unittest.TestCase):
    def setUp(self):
        self.clock = 1000.25
        patch = mock.patch("time.time", lambda: self.clock)
        patch.start()
        self.addCleanup(patch.stop)
        self.stats = RequestStats()
        self.total = self.stats.total

    def log(self, *times):
        for milliseconds in times:
            self.stats.log_request("GET", "/", milliseconds, 10)

    def test_nothing_yet(self):
        names = "fail_ratio avg_response_time median_response_time current_rps total_rps"
        self.assertEqual({getattr(self.total, name) for name in names.split()}, {0})
        self.assertEqual(self.total.get_response_time_percentile(0.5), 0)
        with self.assertRaises(ValueError):
            self.total.percentile()

    def test_percentiles(self):
        cases = {
            1: [10, 10, 10, 10, 10],
            2: [10, 10, 20, 20, 20],
            3: [10, 10, 20, 30, 30],
            4: [10, 20, 30, 40, 40],
            10: [10, 30, 60, 100, 100],
        }
        for count, expected in cases.items():
            times = {10 * i: 1 for i in range(1, count + 1)}
            got = [
                stats.calculate_response_time_percentile(times, count, p)
                for p in (0.01, 0.25, 0.5, 0.95, 1.0)
            ]
            self.assertEqual(got, expected, count)

    def test_the_median_is_the_50th_percentile_within_what_was_measured(self):
        cases = [([10, 20], 20), ([123], 123), ([127], 127), ([123, 123, 123, 500], 123)]
        for times, median in cases:
            self.stats.clear_all()
            self.log(*times)
            self.assertEqual(self.stats.total.median_response_time, median, times)

    def test_untimed_requests_have_no_share_in_times(self):
        self.log(10, 20, None, None)
        self.assertEqual(self.total.avg_response_time, 15)
        self.assertEqual(self.total.get_response_time_percentile(0.5), 20)
        self.assertEqual(self.total.avg_content_length, 10)

    def test_failures_without_requests_are_a_ratio_of_1(self):
        self.stats.log_error("GET", "/", "x")
        self.assertEqual(self.total.fail_ratio, 1.0)

    def test_rates(self):
        for step in range(60):
            self.clock = 1000.25 + step * 0.5
            self.log(10 + step)
            if step % 3 == 0:
                self.stats.log_error("GET", "/", "x")
        self.assertEqual(self.total.current_rps, 2.0)
        self.assertEqual(self.total.current_fail_per_sec, 0.6)
        self.assertEqual(self.total.total_rps, 60 / 29.5)
        self.assertEqual(self.total.total_fail_per_sec, 20 / 29.5)
        self.assertEqual(self.total.get_current_response_time_percentile(0.5), 60)
        self.assertEqual(list(self.total.response_times_cache), list(range(1009, 1029)))
        self.clock += 18
        self.assertIsNone(self.total.get_current_response_time_percentile(0.5))

    def test_current_percentiles_need_the_cache(self):
        with self.assertRaises(ValueError):
            StatsEntry(self.stats, "n", "GET").get_current_response_time_percentile(0.5)

    def test_extend(self):
        self.log(10)
        other = RequestStats()
        self.clock = 1007.5
        for milliseconds in (None, 7):
            other.log_request("GET", "/", milliseconds, 5)
        other.log_error("GET", "/", "x")
        self.total.extend(other.total)
        self.assertEqual(
            self.total.serialize(),
            {
                "name": "Aggregated",
                "method": "",
                "last_request_timestamp": 1007.5,
                "start_time": 1000.25,
                "num_requests": 3,
                "num_none_requests": 1,
                "num_failures": 1,
                "total_response_time": 17,
                "max_response_time": 10,
                "min_response_time": 7,
                "total_content_length": 20,
                "response_times": {10: 1, 7: 1},
                "num_reqs_per_sec": {1000: 1, 1007: 2},
                "num_fail_per_sec": {1007: 1},
            },
        )
        self.assertEqual(list(self.total.response_times_cache), [1000, 1007])

    def test_json_there_and_back(self):
        with mock.patch.object(stats, "bucket_response_time", lambda t: t):
            self.log(0.1, 0.2, 3)
        text = json.dumps(self.total.serialize())
        back = StatsEntry.unserialize(json.loads(text), self.stats)
        self.assertEqual(back.serialize(), self.total.serialize())
        self.assertEqual(back.total_response_time, 0.1 + 0.2 + 3)

    def test_to_dict(self):
        self.log(12.5)
        row = self.total.to_dict()
        self.assertEqual((row["min_response_time"], row["median_response_time"]), (13.0, 12.5))
        self.assertEqual(row["response_time_percentile_0.95"], 12)


if __name__ == "__main__":
    unittest.main()
