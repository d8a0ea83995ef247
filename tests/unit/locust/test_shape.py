# SPDX-License-Identifier: Apache-2.0
import os
import unittest
from unittest import mock

from locust import LoadTestShape, shape


class Stages(LoadTestShape):
    def tick(self):
        return (1, 1.0) if self.get_run_time() < 10 else None


class ShapeTest(unittest.TestCase):
    def test_abstract_is_not_inherited(self):
        class Shared(LoadTestShape):
            abstract = True

        self.assertEqual((Shared.abstract, Stages.abstract), (True, False))
        with self.assertRaises(TypeError):
            Shared()

    def test_run_time_starts_with_reset(self):
        with mock.patch.object(shape.time, "perf_counter", side_effect=[5.0, 7.0, 9.0, 9.5]):
            stages = Stages()
            self.assertEqual(stages.get_run_time(), 2.0)
            stages.reset_time()
            self.assertEqual(stages.get_run_time(), 0.5)

    def test_rehearsal_compresses_the_stages(self):
        with mock.patch.dict(os.environ, KENEYPERF_TIME_SCALE="0.1"):
            with mock.patch.object(shape.time, "perf_counter", side_effect=[0.0, 0.9, 1.0]):
                stages = Stages()
                self.assertEqual(stages.tick(), (1, 1.0))
                self.assertIsNone(stages.tick())

    def test_current_users_are_the_runners(self):
        stages = Stages()
        stages.runner = mock.Mock(user_count=3)
        self.assertEqual(stages.get_current_user_count(), 3)
        self.assertFalse(stages.use_common_options)


if __name__ == "__main__":
    unittest.main()
