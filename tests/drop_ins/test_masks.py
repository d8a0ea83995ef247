#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The masks hide times and nothing else: what is laid out otherwise than the real tool does it, and
every count, stays."""
import types
import unittest

import masks

PORTS = {"http": 40000}
MASKED = [
    ("ab", "Time taken for tests:   0.003 seconds", "Time taken for tests:   T seconds"),
    ("ab", "Connect:        0    0   0.2      0       0", "Connect:    ROW"),
    ("ab", "Connect:        0     3   34", "Connect:    ROW"),
    ("ab", "Connect:        0    3   34", None),
    ("ab", "Connect:       0    0   0.2      0       0", None),
    ("ab", " 100%    101 (longest request)", " 100% T (longest request)"),
    ("ab", "  50%     1", None),
    ("ab", "Complete requests:      5", None),
    ("ab", "Total transferred:      955 bytes", None),
    ("wrk", "    Latency    73.80us  137.24us 464.00us   90.00%", "    Latency ROW"),
    ("wrk", "    Latency   73.80us  137.24us 464.00us   90.00%", None),
    ("wrk", "    Latency     1.20s     5.16ms   1.21s    66.67%", "    Latency ROW"),
    ("wrk", "    Req/Sec     0.00      0.00     0.00      -nan%", "    Req/Sec ROW"),
    ("wrk", "    Req/Sec   101.00      0.00   101.00    100.00%", "    Req/Sec ROW"),
    ("wrk", "     99%    1.77s ", "     99% T"),
    ("wrk", "     99%     1.77s", None),
    ("wrk", "  10 requests in 1.00s, 1.32KB read", "  10 requests in T, 1.32KB read"),
    ("wrk", "Requests/sec:      9.98", "Requests/sec: R"),
    ("wrk", "Requests/sec: 9.98", None),
    ("hey", "  Total:\t0.0025 secs", "  Total:\tT"),
    ("hey", "  Total:\t0.003 secs", None),
    ("hey", "  90% in 0.0002 secs", "  90% in T"),
    ("hey", "  0% in 0.0000 secs", None),
    ("hey", "0.0012,0.0003,0.0000,0.0001,0.0006,0.0001,200,0.0003", "TIMES 200 OFFSET"),
]


def mask(tool, **more):
    case = {"tool": tool, "counts": "exact", "delay": 0, "shared": False, **more}
    return masks.Mask(types.SimpleNamespace(**case), PORTS)


class Masks(unittest.TestCase):
    def test_lines(self):
        for tool, line, wanted in MASKED:
            with self.subTest(line=line):
                self.assertEqual(mask(tool).stdout(line + "\n"), [wanted or line])

    def test_delay(self):
        lines = mask("ab", delay=300).stdout("Processing:   300  301   0.6    301     650\n")
        self.assertEqual(lines, ["Processing: ROW DD.D+"])

    def test_histogram(self):
        good = "  0.000 [1]\t|■■■■■■■■■■■■■■■■■■■■\n  0.001 [2]\t|" + "■" * 40 + "\n"
        self.assertEqual(mask("hey").stdout(good), ["  2 rows, 3 requests, bars good"])
        self.assertEqual(mask("hey").stdout(good[:-2] + "\n"), ["  2 rows, 3 requests, bars wrong"])

    def test_end_of_line(self):
        self.assertEqual(mask("ab").stdout("..done"), ["..done", "(no end of line)"])

    def test_requests(self):
        connection = types.SimpleNamespace(requests=[b"GET / HTTP/1.0\r\nHost: h:40000\r\n\r\n"] * 2,
                                           held=b"", tls="", server_name=None)
        self.assertEqual(mask("ab").requests([connection]), [
            "connections with requests: 2", "2 x", "    'GET / HTTP/1.0\\r'",
            "    'Host: h:HTTP_PORT\\r'", "    '\\r'"])


if __name__ == "__main__":
    unittest.main()
