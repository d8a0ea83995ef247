# SPDX-License-Identifier: Apache-2.0
"""A master and its workers, all in this process and each with its own environment."""
import os
import random
import unittest
from types import SimpleNamespace

from runner_helpers import environment, fast, until, user_class

from locust import arrival
from locust.exception import StopUser
from locust.rpc import Message, socket_pair
from locust.rpc.processes import MASTER_VARIABLE
from locust.runners import STATE_INIT, STATE_MISSING, STATE_RUNNING, STATE_STOPPED
from locust.stats import RequestStats

fast()


class Team:
    """Worker classes are made anew for each, as in processes of their own."""

    def __init__(self, test, workers, task=lambda user: None, **attributes):
        self.describe = lambda: [user_class("A", task), user_class("B", task, weight=2)]
        self.options = SimpleNamespace(enable_rebalancing=False, custom="of the master", users=1)
        self.env = environment(*self.describe(), parsed_options=self.options, **attributes)
        self.master = self.env.create_master_runner(master_bind_port=None)
        self.workers = []
        for _ in range(workers):
            self.join()
        test.addCleanup(self.quit)

    def join(self):
        channel, theirs = socket_pair()
        self.master._spawn(self.master._serve, channel)
        os.environ[MASTER_VARIABLE] = str(os.dup(theirs.fileno()))
        theirs.close()
        options = SimpleNamespace(custom="of the worker", locustfile="w.py")
        env = environment(*self.describe(), parsed_options=options)
        worker = env.create_worker_runner("unused", 0)
        self.workers.append(worker)
        return worker

    def quit(self):
        self.master.quit()
        for worker in self.workers:
            worker.quit()

    def users(self):
        return [worker.user_count for worker in self.workers]


def samples(count, seed):
    """Arguments of on_request()."""
    chance = random.Random(seed)
    for _ in range(count):
        error = chance.choice([None, None, None, "boom", ValueError("no")])
        milliseconds = chance.choice([chance.uniform(0, 20_000), chance.uniform(0, 90), None])
        name, kind = chance.choice(["/a", "/b", "/c"]), chance.choice(["GET", "POST"])
        yield kind, name, milliseconds, chance.randrange(10_000), error


def counted(stats):
    """Everything of a table that does not depend on when it was counted."""
    rows = {key: row for key, row in stats.entries.items() if row.num_requests}
    return {
        **{key: facts(row) for key, row in rows.items()},
        "total": facts(stats.total),
        "errors": sorted((e.to_name(), e.occurrences) for e in stats.errors.values()),
    }


def facts(row):
    return (
        row.num_requests,
        row.num_none_requests,
        row.num_failures,
        round(row.total_response_time, 6),  # sums of floats depend on their order
        row.min_response_time,
        row.max_response_time,
        row.total_content_length,
        dict(row.response_times),
        sum(row.num_reqs_per_sec.values()),
        sum(row.num_fail_per_sec.values()),
    )


class LifeTest(unittest.TestCase):
    def test_start_and_stop(self):
        team = Team(self, 2)
        with self.assertLogs("locust.runners", "INFO") as logs:
            team.master.start(6, 2)
        self.assertEqual(team.master.state, STATE_RUNNING)
        self.assertEqual(team.users(), [3, 3])
        self.assertEqual(team.master.user_count, 6)
        self.assertEqual(team.master.user_classes_count, {"A": 2, "B": 4})
        self.assertEqual([w.worker_index for w in team.workers], [0, 1])
        self.assertEqual(team.master.worker_count, 2)
        messages = [record.getMessage() for record in logs.records]
        self.assertEqual(
            messages[0], "Sending spawn jobs of 6 users at 2.00 spawn rate to 2 ready workers"
        )
        self.assertEqual(messages[-1], 'All users spawned: {"A": 2, "B": 4} (6 total users)')
        team.master.stop()
        self.assertEqual(team.users(), [0, 0])
        self.assertEqual(
            team.env.told,
            [
                ("test_start", "ready", 0),
                ("spawning_complete", "spawning", 6),
                ("test_stopping", "running", 6),
                ("test_stop", "stopped", 0),
            ],
        )
        self.assertEqual(
            team.workers[0].environment.told,
            [
                ("test_start", "ready", 0),
                ("spawning_complete", "running", 3),
                ("test_stopping", "running", 3),
                ("test_stop", "stopped", 0),
            ],
        )

    def test_a_second_test(self):
        team = Team(self, 1)
        team.master.start(2, 2)
        team.master.stop()
        self.assertEqual(team.workers[0].state, STATE_INIT)
        team.master.start(3, 3)
        self.assertEqual(team.users(), [3])
        team.master.start(1, 3)
        until(lambda: team.users() == [1])

    def test_quit_ends_the_workers(self):
        team = Team(self, 2)
        team.master.start(2, 2)
        with self.assertLogs("locust.runners", "INFO") as logs:
            team.master.quit()
        self.assertEqual(dict(team.master.clients), {})
        self.assertEqual(team.master.workers_lost, 0)
        self.assertIsNone(team.env.process_exit_code)
        self.assertIn("(index 1) quit. 0 workers ready.", " ".join(logs.output))
        until(lambda: not any(len(worker.greenlet) for worker in team.workers))

    def test_without_workers(self):
        team = Team(self, 0)
        with self.assertLogs("locust.runners", "WARNING") as logs:
            team.master.start(1, 1)
        self.assertIn("You can't start a distributed test before at least one", logs.output[0])
        self.assertEqual(team.master.state, STATE_INIT)

    def test_users_that_ended_are_replaced_during_the_ramp(self):
        def end(user):
            raise StopUser()

        team = Team(self, 1, end)
        team.master.start(3, 1)
        until(lambda: team.master.user_count == 0 and team.users() == [0])

    def test_host_and_options_are_the_masters(self):
        team = Team(self, 1, host="http://origin", stop_timeout=7.0)
        team.master.start(1, 1)
        env = team.workers[0].environment
        self.assertEqual((env.host, env.stop_timeout), ("http://origin", 7.0))
        self.assertEqual(env.parsed_options.custom, "of the master")
        self.assertEqual(env.parsed_options.locustfile, "w.py")
        team.env.stop_timeout = 0
        team.master.start(0, 1)

    def test_users_of_a_worker_are_not_started_by_hand(self):
        with self.assertRaises(NotImplementedError):
            Team(self, 1).workers[0].start(1, 1)


class ArrivalTest(unittest.TestCase):
    def test_workers_share_one_schedule(self):
        for others in (False, True):
            with self.subTest(others=others):
                runs = []

                def note(user):
                    runs.append(user.environment)

                def describe():
                    visitor = arrival(500)(user_class("Visitor", note))
                    return [visitor, user_class("A")] if others else [visitor]

                team = Team(self, 0)
                team.describe = describe
                team.env.user_classes = describe()
                for _ in range(2):
                    team.join()
                team.master.start(4, 4)
                self.assertEqual(team.master.target_user_classes_count, {"A": 4} if others else {})
                self.assertEqual(team.master.state, STATE_RUNNING)
                until(lambda: len(runs) > 10)
                team.quit()
                for worker in team.workers:
                    self.assertIn(worker.environment, runs)
                self.assertEqual(team.users(), [0, 0])


class StatisticsTest(unittest.TestCase):
    def test_sum_of_two_workers_is_what_one_process_counts(self):
        team = Team(self, 2)
        team.master.start(2, 2)
        alone = RequestStats()
        for number, sample in enumerate(samples(2000, seed=7)):
            alone.on_request(*sample)
            team.workers[number % 2].stats.on_request(*sample)
            if number % 700 == 699:
                team.workers[0]._send_stats()
        team.master.quit()
        self.assertEqual(counted(team.env.stats), counted(alone))

    def test_reports_carry_what_listeners_add(self):
        team = Team(self, 1)
        got = []
        worker = team.workers[0].environment
        worker.events.report_to_master.add_listener(
            lambda client_id, data: data.update(mine=client_id)
        )
        team.env.events.worker_report.add_listener(
            lambda client_id, data: got.append((client_id, data.get("mine")))
        )
        team.workers[0]._send_stats()
        client_id = team.workers[0].client_id
        until(lambda: (client_id, client_id) in got)

    def test_a_report_that_json_cannot_carry_loses_only_the_addition(self):
        team = Team(self, 1)
        worker = team.workers[0]
        worker.environment.events.report_to_master.add_listener(
            lambda client_id, data: data.update(mine=b"bytes")
        )
        worker.stats.log_request("GET", "/", 5, 1)
        with self.assertLogs("locust.runners", "ERROR") as logs:
            worker._send_stats()
        self.assertIn("report_to_master", logs.output[0])
        until(lambda: team.env.stats.total.num_requests == 1)

    def test_nothing_from_before_a_reset_is_counted(self):
        team = Team(self, 2, reset_stats=True)
        for worker in team.workers:
            worker.environment.events.test_start.add_listener(
                lambda environment: environment.stats.log_request("GET", "/old", 5, 1)
            )
        team.master.start(2, 2)
        until(lambda: not any(node.resetting for node in team.master.clients.values()))
        for worker in team.workers:
            worker.stats.log_request("GET", "/new", 5, 1)
        team.master.quit()
        self.assertEqual(team.env.stats.total.num_requests, 2)
        self.assertEqual(team.env.stats.get("/new", "GET").num_requests, 2)

    def test_exceptions_of_all_workers(self):
        def fail(user):
            raise KeyError("x")

        team = Team(self, 2, fail)
        with self.assertLogs("locust.user.task", "ERROR"):
            team.master.start(4, 4)
            until(lambda: all(worker.exceptions for worker in team.workers))
            team.master.quit()
        (row,) = team.master.exceptions.values()
        self.assertEqual((row["count"], row["msg"]), (4, "'x'"))
        self.assertEqual(row["nodes"], {worker.client_id for worker in team.workers})


class LossTest(unittest.TestCase):
    def lose(self, team, place):
        """As if the process had been killed."""
        worker = team.workers.pop(place)
        worker._has_quit = True
        worker._channel.close()
        worker.quit()

    def test_a_killed_worker_is_said(self):
        team = Team(self, 2)
        team.master.start(6, 6)
        with self.assertLogs("locust.runners", "ERROR") as logs:
            self.lose(team, 0)
            until(lambda: team.master.workers_lost == 1)
        self.assertRegex(
            logs.output[0],
            r"\(index 0\) was lost: its 3 users ended with it, and what they did since its last "
            r"report at \d\d:\d\d:\d\d is not counted\.",
        )
        self.assertEqual(team.env.process_exit_code, 1)
        self.assertEqual(team.master.user_count, 3)
        self.assertEqual(team.master.state, STATE_RUNNING)
        team.master.start(8, 8)
        self.assertEqual(team.users(), [8])

    def test_rebalancing(self):
        team = Team(self, 2)
        team.options.enable_rebalancing = True
        team.master.start(6, 6)
        self.lose(team, 1)
        until(lambda: team.users() == [6])
        until(lambda: team.master.state == STATE_RUNNING)
        team.join()
        until(lambda: team.users() == [3, 3])

    def test_a_worker_that_quits_hands_its_users_over(self):
        team = Team(self, 2)
        team.master.start(6, 6)
        team.workers[0].quit()
        until(lambda: team.users() == [0, 6])
        self.assertEqual(team.master.workers_lost, 0)

    def test_the_last_worker(self):
        team = Team(self, 1)
        team.master.start(1, 1)
        self.lose(team, 0)
        until(lambda: team.master.state == STATE_STOPPED)
        self.assertEqual(team.master.workers_lost, 1)

    def test_before_the_test_nothing_is_lost(self):
        team = Team(self, 2)
        self.lose(team, 0)
        until(lambda: len(team.master.clients) == 1)
        self.assertEqual(team.master.workers_lost, 0)
        self.assertIsNone(team.env.process_exit_code)

    def test_missed_beats_and_return(self):
        team = Team(self, 1)
        (node,) = team.master.clients.values()
        with self.assertLogs("locust.runners", "INFO") as logs:
            team.master._on_missing(node)
            self.assertEqual(team.master.clients.missing, [node])
            beat = {"state": "ready", "current_cpu_usage": 95.0, "current_memory_usage": 1}
            team.master._handle(node, Message("heartbeat", beat, node.id))
        self.assertEqual(node.state, STATE_INIT)
        text = " ".join(logs.output)
        self.assertIn("failed to send heartbeat, setting state to missing.", text)
        self.assertIn("self-healed with heartbeat, setting state to ready.", text)
        self.assertIn("exceeded cpu threshold", text)
        self.assertTrue(team.master.worker_cpu_warning_emitted)
        self.assertNotEqual(node.state, STATE_MISSING)

    def test_users_are_shared_with_who_returns(self):
        team = Team(self, 2)
        team.options.enable_rebalancing = True
        team.master.start(6, 6)
        node = team.master.clients[team.workers[0].client_id]
        beat = {"state": "running", "current_cpu_usage": 1.0, "current_memory_usage": 1}
        team.master._on_missing(node)
        until(lambda: team.users() == [3, 6])
        team.master._handle(node, Message("heartbeat", beat, node.id))
        until(lambda: team.users() == [3, 3])

    def test_a_worker_ends_without_its_master(self):
        team = Team(self, 1)
        team.master.start(2, 2)
        worker = team.workers[0]
        with self.assertLogs("locust.runners", "ERROR") as logs:
            (node,) = team.master.clients.values()
            node.channel.close()
            until(lambda: worker.state == STATE_STOPPED)
        self.assertIn("The master is gone, so this worker ends", " ".join(logs.output))
        self.assertEqual(worker.environment.process_exit_code, 1)
        self.assertEqual(worker.user_count, 0)

    def test_strangers_are_shown_the_door(self):
        team = Team(self, 0)
        channel, theirs = socket_pair()
        theirs.sendall(b"GET / HTTP/1.1\r\n\r\n" * 9)
        with self.assertLogs("locust.runners", "ERROR") as logs:
            team.master._spawn(team.master._serve, channel).join(timeout=20)
        theirs.close()
        self.assertIn("A connection was ended", logs.output[0])


class CustomMessageTest(unittest.TestCase):
    def test_both_ways(self):
        team = Team(self, 2)
        got = []
        for worker in team.workers:
            worker.register_message("work", lambda environment, msg: got.append(msg.data))
        team.master.register_message(
            "done", lambda environment, msg: got.append((msg.node_id, msg.data)), concurrent=True
        )
        team.master.send_message("work", [1])
        team.master.send_message("work", [2], client_id=team.workers[1].client_id)
        until(lambda: sorted(got) == [[1], [1], [2]])
        got.clear()
        team.workers[0].send_message("done", {"n": 1})
        until(lambda: got == [(team.workers[0].client_id, {"n": 1})])

    def test_a_listener_that_raises_ends_nothing(self):
        team = Team(self, 1)
        got = []
        team.master.register_message("bad", lambda environment, msg: 1 / 0)
        team.master.register_message("good", lambda environment, msg: got.append(1))
        with self.assertLogs("locust.runners", "WARNING") as logs:
            for name in ("bad", "unknown", "good"):
                team.workers[0].send_message(name)
            until(lambda: got)
        self.assertIn("Uncaught exception in the listener of message bad", logs.output[0])
        self.assertIn("Unknown message type received from worker", logs.output[1])


if __name__ == "__main__":
    unittest.main()
