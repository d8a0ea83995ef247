# SPDX-License-Identifier: Apache-2.0
import random
import unittest
from unittest import mock

from locust import between, constant, constant_pacing, constant_throughput, poisson
from locust.user import wait_time as module


class Paced:
    _cp_last_run = 100.0
    _cp_last_wait_time = 0


class WaitTimeTest(unittest.TestCase):
    def test_random_waits_draw_once_from_random(self):
        random.seed(7)
        expected = [1 + random.random() * 4, random.expovariate(2)]
        random.seed(7)
        self.assertEqual([between(1, 5)(None), poisson(2)(None)], expected)

    def test_constant(self):
        self.assertEqual(constant(3)(None), 3)

    def paces(self, function, moments):
        user = Paced()
        with mock.patch.object(module, "monotonic", side_effect=moments):
            return [function(user) for _ in moments]

    def test_pacing_subtracts_what_the_task_took(self):
        # Tasks of 1 s and 4 s after waits of 0 and 2 s; then one that was called early.
        self.assertEqual(self.paces(constant_pacing(3), [101, 107, 107]), [2, 0, 3])

    def test_pacing_makes_up_for_a_wait_that_was_not_waited(self):
        self.assertEqual(self.paces(constant_pacing(4), [100, 100]), [4, 8])

    def test_throughput_is_pacing(self):
        self.assertEqual(self.paces(constant_throughput(0.5), [100.5]), [1.5])

    def test_throughput_needs_a_rate(self):
        for rate in (0, -1):
            with self.assertRaisesRegex(ValueError, "positive rate"):
                constant_throughput(rate)


if __name__ == "__main__":
    unittest.main()
