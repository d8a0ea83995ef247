# SPDX-License-Identifier: Apache-2.0
"""When the generator is said to have been the limit."""
import unittest

from locust._generator.saturation import Load, worst


class Sentence(unittest.TestCase):
    def test_time_to_spare(self):
        self.assertIsNone(Load(0.9, 20.0).sentence(1))

    def test_busy(self):
        text = Load(0.97, 100.0).sentence(1)
        self.assertTrue(text.startswith("The load generator was the limit: it used 97 % of a core"))

    def test_late(self):
        text = Load(0.5, 25.4).sentence(2)
        start = "The load generator was late: a worker noticed answers up to 25 ms late"
        self.assertTrue(text.startswith(start))

    def test_worst_of_several(self):
        self.assertEqual(worst([Load(0.1, 5.0), Load(0.9, 1.0)]), Load(0.9, 5.0))


if __name__ == "__main__":
    unittest.main()
