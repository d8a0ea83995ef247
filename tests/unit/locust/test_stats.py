# SPDX-License-Identifier: Apache-2.0
"""All rows together: totals, errors, reports between processes, history, the terminal's tables."""
import contextlib
import io
import json
import os
import tempfile
import tracemalloc
import types
import unittest
from unittest import mock

from locust import stats
from locust.stats import RequestStats, StatsError


class Errors(unittest.TestCase):
    def test_addresses_are_masked(self):
        cases = {
            "<a object at 0x12> <b object at 0x34>": "<a object at 0x....> <b object at 0x34>",
            "<x object at 0x12": "<x object at 0x12",
            "<x object at 0x7f1 foo>": "<x object at 0x....>",
            "a object at 0x12>, object at 0x12": "a object at 0x....>, object at 0x....",
            "conn 0x7f": "conn 0x7f",
            "": "",
        }
        for text, masked in cases.items():
            self.assertEqual(StatsError.parse_error(text), masked)
        self.assertEqual(StatsError.parse_error(KeyError("k")), "KeyError('k')")

    def test_rows(self):
        requests = RequestStats()
        errors = (ValueError("<o object at 0x1>"), ValueError("<o object at 0x2>"), "text")
        for now, error in zip((1.0, 5.0, 9.0), errors):
            with mock.patch("time.time", lambda: now):
                requests.on_request("GET", "/", 1, 1, error)
        rows = [error.serialize() for error in requests.errors.values()]
        self.assertEqual([row["occurrences"] for row in rows], [2, 1])
        self.assertEqual(rows[0]["error"], "ValueError('<o object at 0x....>')")
        self.assertEqual((rows[0]["first_seen"], rows[0]["last_seen"]), (1.0, 5.0))
        names = [error.to_name() for error in requests.errors.values()]
        self.assertEqual(names, ["GET /: ValueError('<o object at 0x1>')", "GET /: text"])
        self.assertEqual(requests.num_failures, 3)
        self.assertEqual(requests.get("/", "GET").num_failures, 3)

    def test_keys_are_locusts(self):
        key = "9cdef25d62274be6002c97e7f94ac80806c5f1af82af5706e4cc1a23021dd505"
        self.assertEqual(StatsError.create_key("GET", "n", "conn 0x7f"), key)


class Requests(unittest.TestCase):
    def test_rows_and_total(self):
        requests = RequestStats()
        requests.on_request("GET", "/a", 10.5, 7, None)
        requests.on_request("POST", "/a", 20, 3, None)
        self.assertEqual(list(requests.entries), [("/a", "GET"), ("/a", "POST")])
        self.assertEqual(requests.num_requests, 2)
        self.assertEqual(requests.total.total_response_time, 30.5)
        self.assertEqual(requests.total.total_content_length, 10)
        self.assertIs(requests.get("/a", "GET"), requests.entries["/a", "GET"])

    def test_another_bucket_function(self):
        requests = RequestStats()
        with mock.patch.object(stats, "bucket_response_time", lambda t: int(t) // 50 * 50):
            requests.on_request("GET", "/", 149.0, 0, None)
            requests.on_request("GET", "/", None, 0, None)
        self.assertEqual(requests.total.response_times, {100: 1})

    def test_reset_keeps_rows_and_clear_does_not(self):
        requests = RequestStats()
        requests.on_request("GET", "/", 1, 1, "x")
        requests.history.append({})
        requests.reset_all()
        self.assertEqual((requests.num_requests, requests.errors, requests.history), (0, {}, []))
        self.assertEqual(requests.get("/", "GET").num_requests, 0)
        requests.clear_all()
        self.assertEqual(requests.entries, {})

    def test_memory_stays_flat(self):
        requests = RequestStats()
        samples = [1.37 * i for i in range(4000)]

        def run():
            for _ in range(5):
                for sample in samples:
                    requests.on_request("GET", "/", sample, 100, None)

        run()
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        before = tracemalloc.get_traced_memory()[0]
        run()
        self.assertLess(tracemalloc.get_traced_memory()[0] - before, 100_000)  # some seconds' keys


class Reports(unittest.TestCase):
    def test_deltas_add_up_exactly(self):
        whole, worker, master = RequestStats(), RequestStats(), RequestStats()
        for turn in range(5):
            for i in range(200):
                sample = ("GET", f"/{i % 3}", 0.1 * i if i % 7 else None, i, i % 11 == 0 and "x")
                whole.on_request(*sample)
                worker.on_request(*sample)
            master.add_delta(json.loads(json.dumps(worker.take_delta())))
            self.assertEqual(worker.num_requests, 0)
        self.assertEqual(worker.errors, {})
        self.assertEqual(sum(e.occurrences for e in master.errors.values()), master.num_failures)
        for name in ("num_requests", "num_none_requests", "num_failures", "response_times"):
            self.assertEqual(getattr(master.total, name), getattr(whole.total, name), name)
            for key, entry in whole.entries.items():
                self.assertEqual(getattr(master.entries[key], name), getattr(entry, name), name)
        self.assertEqual(master.total.min_response_time, whole.total.min_response_time)
        self.assertEqual(master.total.max_response_time, whole.total.max_response_time)

    def test_rows_without_counts_are_not_sent(self):
        requests = RequestStats()
        requests.on_request("GET", "/", 1, 1, None)
        requests.take_delta()
        self.assertEqual(requests.take_delta()["stats"], [])

    def test_listeners(self):
        hooks = {"report_to_master": [], "worker_report": []}
        events = types.SimpleNamespace()
        for name, handlers in hooks.items():
            setattr(events, name, types.SimpleNamespace(add_listener=handlers.append))
        worker, master = RequestStats(), RequestStats()
        stats.setup_distributed_stats_event_listeners(events, worker)
        stats.setup_distributed_stats_event_listeners(events, master)
        worker.on_request("GET", "/", 5, 1, None)
        data = {}
        hooks["report_to_master"][0](client_id="c", data=data)
        hooks["worker_report"][1](client_id="c", data=data)
        self.assertEqual(master.num_requests, 1)

    def test_history(self):
        requests = RequestStats()
        requests.on_request("GET", "/", 1.2345, 1, None)
        stats.update_stats_history(types.SimpleNamespace(stats=requests, user_count=3), "now")
        self.assertEqual(
            requests.history,
            [
                {
                    "response_time_percentile_0.5": ["now", 0],
                    "response_time_percentile_0.95": ["now", 0],
                    "current_rps": ["now", 0],
                    "current_fail_per_sec": ["now", 0],
                    "total_avg_response_time": ["now", 1.23],
                    "user_count": ["now", 3],
                    "time": "now",
                }
            ],
        )


TABLE = """\
Type     Name              # reqs      # fails |    Avg     Min     Max    Med |   req/s  failures/s
--------|----------------|-------|-------------|-------|-------|-------|-------|--------|-----------
POST     /a                     0   1(100.00%) |      0       0       0      0 |    0.00        0.00
VERYLONGMETHOD  /b                     1     0(0.00%) |     99      99      99     99 |    0.00        0.00
GET      /x                     1   1(100.00%) |123456789 123456789 123456789123456789 |    0.00        0.00
--------|----------------|-------|-------------|-------|-------|-------|-------|--------|-----------
         Aggregated             2   2(100.00%) |61728444      99 123456789123456789 |    0.00        0.00
"""  # noqa: E501
PERCENTILES = """\
Response time percentiles (approximated)
Type     Name                      50%    95%  99.9% # reqs
--------|--------------------|--------|------|------|------
VERYLONGMETHOD /b                        100    100    100      1
GET      /x                   123457000 123457000 123457000      1
--------|--------------------|--------|------|------|------
         Aggregated           123457000 123457000 123457000      2
"""


class Tables(unittest.TestCase):
    def setUp(self):
        patches = [
            mock.patch("time.time", lambda: 1000.25),
            mock.patch.object(stats, "STATS_NAME_WIDTH", 20),
            mock.patch.object(stats, "PERCENTILES_TO_REPORT", [0.5, 0.95, 0.999]),
        ]
        for patch in patches:
            patch.start()
            self.addCleanup(patch.stop)
        self.stats = RequestStats()
        self.stats.log_request("GET", "/x", 123456789.7, 1)
        self.stats.log_request("VERYLONGMETHOD", "/b", 99.99, 1)
        self.stats.log_error("GET", "/x", "E")
        self.stats.log_error("POST", "/a", "y")

    def test_requests(self):
        self.maxDiff = None
        self.assertEqual(stats.get_stats_summary(self.stats), TABLE.splitlines())

    def test_percentiles(self):
        self.assertEqual(stats.get_percentile_stats_summary(self.stats), PERCENTILES.splitlines())

    def test_errors(self):
        lines = stats.get_error_report_summary(self.stats)
        self.assertEqual(lines[1], f"{'# occurrences':18} {'Error':100}")
        self.assertEqual(lines[2], "-" * 18 + "|" + "-" * 81)
        self.assertEqual(lines[3].rstrip(), "1                  GET /x: E")

    def test_readable_percentiles(self):
        self.assertEqual(
            stats.get_readable_percentiles([0.5, 0.07, 0.999, 0.9999, 0.123, 1.0]),
            ["50%", "7.0%", "99.9%", "99.99%", "12.3%", "100%"],
        )

    def test_json_leaves_the_counts(self):
        with contextlib.redirect_stdout(io.StringIO()) as out:
            stats.print_stats_json(self.stats)
        rows = json.loads(out.getvalue())
        self.assertEqual([row["name"] for row in rows], ["/x", "/b", "/a"])
        self.assertEqual(rows[0]["response_times"], {"123457000": 1})
        self.assertEqual(self.stats.get("/x", "GET").num_requests, 1)
        with tempfile.TemporaryDirectory() as folder:
            stats.save_stats_json(self.stats, os.path.join(folder, "out"))
            with open(os.path.join(folder, "out.json")) as file:
                self.assertEqual(json.load(file), rows)

    def test_percentiles_that_cannot_be_shown_end_the_program(self):
        stats.validate_stats_configuration()
        for name, value in (
            ("PERCENTILES_TO_CHART", [1.5]),
            ("PERCENTILES_TO_CHART", [0.1] * 7),
            ("PERCENTILES_TO_STATISTICS", ["a"]),
        ):
            with mock.patch.object(stats, name, value), self.assertRaises(SystemExit):
                stats.validate_stats_configuration()


if __name__ == "__main__":
    unittest.main()
