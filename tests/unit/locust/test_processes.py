# SPDX-License-Identifier: Apache-2.0
"""Workers that are processes: this file is also what they run."""
import os
import signal
import sys
import unittest

from runner_helpers import environment, fast, until, user_class

from locust.rpc.processes import MASTER_VARIABLE, is_started_worker
from locust.runners import STATE_STOPPED

fast()
WORKERS_CODE = 3
ENVIRONMENT = "TEST_OF_WORKERS"


def count(user):
    user.environment.stats.log_request("GET", os.environ[ENVIRONMENT], 5, 1)


def work():
    runner = environment(user_class("A", count)).create_worker_runner("unused", 0)
    assert MASTER_VARIABLE not in os.environ
    runner.greenlet.join()
    runner.quit()
    sys.exit(WORKERS_CODE)


class ProcessesTest(unittest.TestCase):
    def setUp(self):
        self.env = environment(user_class("A"))
        self.master = self.env.create_master_runner(master_bind_port=None)
        self.addCleanup(self.master.wait_for_processes)
        self.addCleanup(self.master.quit)
        self.master.start_processes(2, lambda index: ({ENVIRONMENT: f"/{index}"}, ()))
        until(lambda: len(self.master.clients.ready) == 2)

    def test_whole_life(self):
        self.master.start(4, 4)
        self.master.quit()
        self.assertEqual(self.master.wait_for_processes(), WORKERS_CODE)
        counted = {name: row.num_requests for (name, _), row in self.env.stats.entries.items()}
        self.assertEqual(counted, {"/0": 2, "/1": 2})
        self.assertEqual(self.master.workers_lost, 0)

    def test_indexes_are_those_of_the_processes(self):
        channels = {node.index: node.channel for node in self.master.clients.values()}
        self.assertEqual(channels, {i: w.channel for i, w in enumerate(self.master.processes)})

    def test_one_is_killed(self):
        self.master.start(4, 4)
        with self.assertLogs("locust.runners", "ERROR"):
            self.master.processes[0].process.send_signal(signal.SIGKILL)
            until(lambda: self.master.workers_lost == 1)
        self.assertEqual(self.env.process_exit_code, 1)
        self.assertEqual(self.master.user_count, 2)

    def test_all_are_killed(self):
        self.master.start(4, 4)
        with self.assertLogs("locust.runners", "ERROR"):
            for worker in self.master.processes:
                worker.process.send_signal(signal.SIGKILL)
            self.master.greenlet.join(timeout=20)
        self.assertEqual(self.master.state, STATE_STOPPED)
        self.assertEqual(self.master.wait_for_processes(), 1)


if __name__ == "__main__":
    if is_started_worker():
        work()
    unittest.main()
