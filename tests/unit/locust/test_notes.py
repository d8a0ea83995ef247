# SPDX-License-Identifier: Apache-2.0
"""What stands before the figures."""
import json
import unittest
from types import SimpleNamespace
from unittest import mock

from locust._generator import blocking
from locust._generator.notes import Notes
from locust._generator.saturation import Load
from locust.event import Events


class Sentences(unittest.TestCase):
    def setUp(self):
        self.environment = SimpleNamespace(events=Events())
        self.notes = Notes(self.environment)

    def load(self, busy, late_ms):
        return mock.patch.object(self.notes.meter, "load", lambda: Load(busy, late_ms))

    def test_nothing_to_tell(self):
        self.assertEqual(self.notes.sentences(), [])

    def test_most_important_first(self):
        held_up = mock.patch.object(blocking, "report", lambda: ["A held up every user"])
        lost = mock.patch("locust._generator.lost.count", 2)
        with self.load(0.99, 0.0), held_up, lost:
            limit, held_up_by, missing = self.notes.sentences()
        self.assertTrue(limit.startswith("The load generator was the limit"))
        self.assertEqual(held_up_by, "A held up every user")
        self.assertTrue(missing.startswith("2 requests with catch_response=True"))

    def test_workers_tell_their_master(self):
        worker = Notes(SimpleNamespace(events=Events()))
        data = {}
        with mock.patch.object(worker.meter, "load", lambda: Load(0.95, 1.0)):
            worker._on_report(client_id="w", data=data)
        report = json.loads(json.dumps(data))
        for client_id in ("w1", "w2"):
            self.environment.events.worker_report.fire(client_id=client_id, data=report)
        [sentence] = self.notes.sentences()
        self.assertIn("a worker used 95 % of a core", sentence)


if __name__ == "__main__":
    unittest.main()
