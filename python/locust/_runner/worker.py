# SPDX-License-Identifier: Apache-2.0
"""The runner that does as its master says, and reports each second."""
import time
from typing import Any

import gevent

import locust
from locust import _hub
from locust._runner.base import logger
from locust._runner.distributed import DistributedRunner
from locust._runner.states import NOT_STARTED, STATE_INIT, STATE_RUNNING, STATE_SPAWNING
from locust._runner.worker_node import HEARTBEAT_INTERVAL
from locust.exception import RPCError, RPCReceiveError, RPCSendError, StopTest
from locust.rpc import Message
from locust.rpc.loopback import connect
from locust.rpc.processes import is_started_worker, take_parent

WORKER_REPORT_INTERVAL = 1.0  # seconds
REPORT_KEYS = ("stats", "stats_total", "errors", "user_classes_count", "user_count", "exceptions")
# Options of the master that say nothing about its workers.
_MASTERS_OWN = frozenset(
    "master worker processes master_host master_port master_bind_host master_bind_port headless "
    "expect_workers expect_workers_max_wait locustfile config loglevel logfile skip_log_setup "
    "csv_prefix html_file json json_file".split()
)


class WorkerRunner(DistributedRunner):
    """Its master starts and stops it; start() is not for locustfiles here."""

    def __init__(self, environment, master_host: str, master_port: int):
        super().__init__(environment)
        self.master_host = master_host
        self.master_port = master_port
        self._unsaid: dict[tuple[str, str], int] = {}  # (message, traceback) of exceptions: count
        self._has_quit = False
        self._last_job = 0.0
        self._channel = self._reach_master()
        self._handlers = {
            "spawn": self._on_spawn,
            "spawning_complete": self._on_spawning_complete,
            "stop": self._on_stop,
            "quit": self._on_quit,
            "heartbeat": self._on_heartbeat,
        }
        for function in (self.worker, self.heartbeat, self.stats_reporter):
            self._spawn(function)

    def _reach_master(self):
        """Says that this worker is there, and learns its index."""
        if is_started_worker():
            channel = take_parent()
        else:
            channel = connect(self.master_host, self.master_port)
        channel.send(Message("client_ready", locust.__version__, self.client_id))
        answer = channel.receive()
        if answer is None or answer.type != "ack":
            raise RPCError("The master ended the connection before the test: see what it says.")
        self.worker_index = answer.data["index"]
        self.worker_count = answer.data["workers"]
        _hub.settings.update(worker=self.worker_index, workers=self.worker_count)
        return channel

    # What the master says

    def worker(self) -> None:
        """Receives until the master is gone."""
        try:
            while True:
                message = self._channel.receive()
                if message is None:
                    break
                self._handle(message)
        except RPCReceiveError as error:
            logger.error("%s", error)
        if not self._has_quit:
            self._on_master_lost()

    def _handle(self, message: Message) -> None:
        handler = self._handlers.get(message.type)
        if handler:
            handler(message.data)
        elif not self._deliver(message):
            logger.warning("Unknown message type received: %s", message.type)

    def _on_master_lost(self) -> None:
        logger.error("The master is gone, so this worker ends; what it did since is not counted.")
        self.connection_broken = True
        self._has_quit = True
        self.environment.process_exit_code = self.environment.process_exit_code or 1
        gevent.spawn(self.quit)

    def _on_spawn(self, job: dict[str, Any]) -> None:
        if job["timestamp"] < self._last_job:
            return
        self._last_job = job["timestamp"]
        self._take_over(job)
        if self.spawning_greenlet:
            self.spawning_greenlet.kill(block=False)
        self.spawning_greenlet = self._spawn(
            self.start_worker, job["user_classes_count"], job["share"], job["shares"]
        )

    def _take_over(self, job: dict[str, Any]) -> None:
        """Host and options are the master's."""
        if job["host"]:
            self.environment.host = job["host"]
        self.environment.stop_timeout = job["stop_timeout"]
        options = self.environment.parsed_options
        if options is not None:
            for name, value in job["parsed_options"].items():
                if name not in _MASTERS_OWN:
                    setattr(options, name, value)

    def start_worker(self, user_classes_count: dict[str, int], share: int, shares: int) -> None:
        """Has as many users run, at once: the master's messages are the ramp."""
        if self._stopping is not None:
            self._stopping.join()
        if self.state in NOT_STARTED:
            self._unsaid = {}
            self._begin_test()
            if self._leaving:
                return  # a listener of test_start has quit
            if share < shares:  # else it came late: the shares are given
                self._start_arrivals(share, shares)
        self.target_user_count = sum(user_classes_count.values())
        self.update_state(STATE_SPAWNING)
        try:
            self._set_users(user_classes_count)
        except StopTest as reason:
            self._give_up(reason)
            return
        self.update_state(STATE_RUNNING)
        self._say(
            "spawning_complete",
            {"user_classes_count": self.user_classes_count, "user_count": self.user_count},
        )

    def _on_spawning_complete(self, data: dict[str, Any]) -> None:
        self.environment.reset_stats = data["reset_stats"]
        self.environment.events.spawning_complete.fire(user_count=self.target_user_count)
        if data["reset_stats"]:
            self._say("stats_reset")

    def _on_stop(self, data: None) -> None:
        self._spawn(self._stop_for_master)

    def _stop_for_master(self) -> None:
        self.stop()
        self._send_stats()
        self.update_state(STATE_INIT)
        self._say("client_stopped")

    def _on_quit(self, data: None) -> None:
        logger.info("Got quit message from master, shutting down...")
        gevent.spawn(self.quit)

    def _on_heartbeat(self, data: None) -> None:
        self.environment.events.heartbeat_received.fire(
            client_id=self.client_id, timestamp=time.time()
        )

    # What the master is told

    def heartbeat(self) -> None:
        while True:
            self._say(
                "heartbeat",
                {
                    "state": self.state,
                    "current_cpu_usage": self.current_cpu_usage,
                    "current_memory_usage": self.current_memory_usage,
                },
            )
            gevent.sleep(HEARTBEAT_INTERVAL)

    def stats_reporter(self) -> None:
        while True:
            self._send_stats()
            gevent.sleep(WORKER_REPORT_INTERVAL)

    def _send_stats(self) -> None:
        """What was counted since the last report, and what listeners of report_to_master add."""
        data: dict[str, Any] = {}
        self.environment.events.report_to_master.fire(client_id=self.client_id, data=data)
        data["user_classes_count"] = self.user_classes_count
        data["user_count"] = self.user_count
        data["exceptions"] = [(*text, count) for text, count in self._unsaid.items()]
        self._unsaid = {}
        try:
            self._say("stats", data)
        except RPCSendError as error:
            logger.error("What listeners of report_to_master added is left out. %s", error)
            self._say("stats", {key: value for key, value in data.items() if key in REPORT_KEYS})

    def log_exception(self, node_id: str, msg: str, formatted_tb: str, count: int = 1) -> None:
        super().log_exception(node_id, msg, formatted_tb, count)
        text = (msg, formatted_tb)
        self._unsaid[text] = self._unsaid.get(text, 0) + count

    def send_message(self, msg_type: str, data: Any = None, client_id: str | None = None) -> None:
        self._say(msg_type, data)

    def _say(self, msg_type: str, data: Any = None) -> None:
        try:
            self._channel.send(Message(msg_type, data, self.client_id))
        except OSError:
            pass  # worker() notices the end of the connection

    # Life of a test

    def start(
        self,
        user_count: int,
        spawn_rate: float,
        wait: bool = False,
        user_classes: list[type] | None = None,
    ) -> None:
        raise NotImplementedError("A worker is started by its master: call start() there.")

    def _stop(self) -> None:
        self._stop_users()

    def _quit(self) -> None:
        self.stop()
        if not self._has_quit:
            self._has_quit = True
            self._send_stats()
            self._say("quit")
        self.greenlet.kill(block=False)
