# SPDX-License-Identifier: Apache-2.0
import io
import unittest
from contextlib import redirect_stdout
from types import SimpleNamespace

from support import Environment

from locust.debug import PrintListener
from locust.exception import CatchResponseError

SAMPLE = {
    "request_type": "GET",
    "name": "/",
    "response_time": 11.6,
    "response_length": 6,
    "exception": None,
    "context": {"a": 1},
    "start_time": 1700000000.5,
    "response": SimpleNamespace(request=SimpleNamespace(body="sent")),
}
NAME = "/".ljust(50)
HEAD = f"type\t{'name'.ljust(50)}\tresp_ms\t"


class PrintListenerTest(unittest.TestCase):
    def lines(self, sample, **options):
        environment = Environment()
        with redirect_stdout(io.StringIO()) as out:
            PrintListener(environment, **options)
            environment.events.request.fire(**sample)
        return out.getvalue().split("\n")[1:3]

    def test_plain(self):
        head, row = self.lines(SAMPLE)
        self.assertEqual(head, HEAD + "exception\t\t")
        self.assertEqual(row, f"GET\t{NAME}\t12     \t         \t")

    def test_all_columns(self):
        options = dict.fromkeys(("length", "time", "context", "payload"), True)
        head, row = self.lines(SAMPLE, **{f"include_{name}": on for name, on in options.items()})
        moment = "2023-11-14 22:13:20.500000+00:00"
        start = f"{'time'.ljust(24)}\t{HEAD}"
        self.assertEqual(head, start + "length\texception\tcontext\t\tpayload\t")
        self.assertEqual(row, f"{moment}\tGET\t{NAME}\t12     \t6\t         \t{{'a': 1}}\tsent\t")

    def test_errors(self):
        for exception, text in (
            (ValueError("boo"), "ValueError('boo')"),
            (CatchResponseError("boo"), "boo      "),
            ("boo", "'boo'    "),
        ):
            row = self.lines({"name": "/", "exception": exception})[1]
            self.assertEqual(row, f"\t{NAME}\t-1     \t{text}\t")


if __name__ == "__main__":
    unittest.main()
