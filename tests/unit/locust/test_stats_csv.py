# SPDX-License-Identifier: Apache-2.0
"""The four CSV files."""
import csv
import os
import tempfile
import types
import unittest
from unittest import mock

from locust import log
from locust.stats import RequestStats, StatsCSVFileWriter


class Files(unittest.TestCase):
    def setUp(self):
        self.clock = 1795361700.5
        patch = mock.patch("time.time", lambda: self.clock)
        patch.start()
        self.addCleanup(patch.stop)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.prefix = os.path.join(folder.name, "made", "run")
        self.environment = types.SimpleNamespace(
            stats=RequestStats(), runner=types.SimpleNamespace(exceptions={}, user_count=3)
        )

    def writer(self, full_history=False):
        writer = StatsCSVFileWriter(self.environment, [0.5, 0.999], self.prefix, full_history)
        self.addCleanup(writer.close_files)
        return writer

    def text(self, table):
        with open(f"{self.prefix}_{table}.csv", encoding="utf-8", newline="") as file:
            return file.read()

    def rows(self, table):
        return list(csv.reader(self.text(table).splitlines()))

    def test_without_requests(self):
        self.writer().close_files()
        self.assertEqual(
            self.text("stats"),
            "Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,"
            "Min Response Time,Max Response Time,Average Content Size,Requests/s,Failures/s,"
            "50%,99.9%\r\n,Aggregated,0,0,0,0.0,0,0,0,0.0,0.0,N/A,N/A\r\n",
        )
        self.assertEqual(
            self.text("failures"), "Method,Name,Error,Occurrences,First Seen,Last Seen\r\n"
        )
        self.assertEqual(self.text("exceptions"), "Count,Message,Traceback,Nodes\r\n")

    def test_rows(self):
        requests = self.environment.stats
        requests.on_request("WS", "none", None, 0, None)
        requests.on_request("POST", '/b "q,uote"', 12.5, 10, ValueError("x"))
        self.environment.runner.exceptions[1] = {
            "count": 2,
            "msg": "m",
            "traceback": "a\nb",
            "nodes": {"w2", "w1"},
        }
        self.writer().close_files()
        self.assertEqual(
            self.text("stats").split("\r\n")[1:],
            [
                'POST,"/b ""q,uote""",1,1,12.5,12.5,12.5,12.5,10.0,0.0,0.0,12,12',
                "WS,none,1,0,0,0.0,0,0,0.0,0.0,0.0,0,0",
                ",Aggregated,2,1,12.5,12.5,12.5,12.5,5.0,0.0,0.0,12,12",
                "",
            ],
        )
        self.assertEqual(
            self.rows("failures")[1],
            ["POST", '/b "q,uote"', "ValueError('x')", "1"] + ["2026-11-22T15:35:00Z"] * 2,
        )
        self.assertEqual(
            self.text("exceptions"), 'Count,Message,Traceback,Nodes\r\n2,m,"a\nb","w1, w2"\r\n'
        )

    def test_history(self):
        for full_history, names in ((False, ["Aggregated"]), (True, ["/a", "Aggregated"])):
            writer = self.writer(full_history)
            self.environment.stats.on_request("GET", "/a", 5, 1, None)
            writer._write_tables(self.clock)
            writer.close_files()
            head, *rows = self.rows("stats_history")
            self.assertEqual(head[:8], "Timestamp,User Count,Type,Name,Requests/s,Failures/s,"
                             "50%,99.9%".split(","))  # fmt: skip
            self.assertEqual([row[3] for row in rows], names)
            self.assertEqual(rows[-1][:6], ["1795361700", "3", "", "Aggregated"] + ["0.000000"] * 2)

    def test_tables_shrink(self):
        writer = self.writer()
        self.environment.stats.on_request("GET", "/a" * 100, 5, 1, None)
        writer._write_tables(self.clock)
        self.environment.stats.clear_all()
        writer.close_files()
        self.assertEqual(len(self.rows("stats")), 2)

    def test_the_end_is_in_the_files(self):
        writer = self.writer()
        writer._write_tables(self.clock)
        self.clock += 0.9
        self.environment.stats.on_request("GET", "/a", 5, 1, "x")
        writer.close_files()
        writer.close_files()
        self.assertEqual(self.rows("stats")[-1][2], "1")
        self.assertEqual(len(self.rows("failures")), 2)
        self.assertEqual([row[0] for row in self.rows("stats_history")[1:]],
                         ["1795361700", "1795361701"])  # fmt: skip

    def test_a_full_disk_is_said(self):
        writer = self.writer()
        with mock.patch.object(writer, "requests_csv", side_effect=OSError(28, "no space")):
            with self.assertLogs("locust.stats", "ERROR") as logs:
                writer.stats_writer()
                writer.close_files()
        self.assertEqual(len(logs.output), 1)
        self.assertIn("no space", logs.output[0])
        self.assertTrue(log.unhandled_greenlet_exception)

    def test_a_folder_that_cannot_be_made(self):
        with self.assertRaises(OSError):
            StatsCSVFileWriter(self.environment, [0.5], "/dev/null/x")


if __name__ == "__main__":
    unittest.main()
