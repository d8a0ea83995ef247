# SPDX-License-Identifier: Apache-2.0
"""The runner that has workers do the work, and adds up what they report.

Its statistics are the sum of its workers'. Each worker ends with a report of what was still unsaid,
so nothing is lost but what a worker did between its last report and a sudden death, which is said.
"""
import os
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import gevent
from gevent import socket
from gevent.event import Event

from locust._runner.base import CPU_WARNING_THRESHOLD, format_users, logger
from locust._runner.distributed import DistributedRunner
from locust._runner.states import (
    NOT_STARTED,
    STATE_INIT,
    STATE_MISSING,
    STATE_RUNNING,
    STATE_SPAWNING,
    STATE_STOPPED,
    STATE_STOPPING,
    TEST_RUNS,
)
from locust._runner.worker_node import (
    HEARTBEAT_INTERVAL,
    HEARTBEAT_LIVENESS,
    WorkerNode,
    WorkerNodes,
)
from locust.exception import RPCReceiveError
from locust.rpc import Channel, Message
from locust.rpc.loopback import listen
from locust.rpc.processes import WorkerProcess

QUIT_LIMIT_S = 10.0  # for workers that were told to quit


class MasterRunner(DistributedRunner):
    """start() returns when the ramp is over; a newer start(), or stop(), ends it early."""

    def __init__(self, environment, master_bind_host: str, master_bind_port: int | None):
        super().__init__(environment)
        self.clients = WorkerNodes()
        self.spawn_rate = 0.0
        self.worker_index_max = 0
        self.processes: list[WorkerProcess] = []
        self._departed: list[WorkerNode] = []  # the dispatcher still counts on them
        self._ramp_number = 0
        self._changed = Event()  # a worker reported, came or went
        self._shares: dict[str, int] = {}  # whose part of the arrival rates is which
        self._options: dict[str, Any] = {}  # of the command line, for the workers
        self._handlers: dict[str, Callable[[WorkerNode, Any], None]] = {
            "spawning_complete": self._on_spawned,
            "stats": self._on_stats,
            "stats_reset": self._on_stats_reset,
            "heartbeat": self._on_heartbeat,
            "client_stopped": self._on_stopped,
            "quit": self._on_quit,
        }
        if master_bind_port is not None:
            self._spawn(self._accept, listen(master_bind_host, master_bind_port))
        self._spawn(self.heartbeat_worker)

    @property
    def user_count(self) -> int:
        return sum(node.user_count for node in self.clients.values())

    @property
    def reported_user_classes_count(self) -> dict[str, int]:
        counts = {c.__name__: 0 for c in self.user_classes}
        for node in self.clients.values():
            for name, count in node.user_classes_count.items():
                counts[name] = counts.get(name, 0) + count
        return counts

    @property
    def user_classes_count(self) -> dict[str, int]:
        return self.reported_user_classes_count

    @property
    def worker_count(self) -> int:
        """Workers that can be given users."""
        return len(self._able())

    def _able(self) -> list[WorkerNode]:
        able = (node for node in self.clients.values() if node.state != STATE_MISSING)
        return sorted(able, key=lambda node: node.index)

    def rebalancing_enabled(self) -> bool:
        return bool(getattr(self.environment.parsed_options, "enable_rebalancing", False))

    # Workers come and go

    def start_processes(
        self,
        count: int,
        prepare: Callable[[int], tuple[Mapping[str, str], Sequence[int]]] | None = None,
    ) -> None:
        """Starts workers. `prepare(index)`: variables and open descriptors for each of them."""
        for index in range(count):
            variables, descriptors = prepare(index) if prepare else ({}, ())
            worker = WorkerProcess.start(variables, descriptors)
            self.processes.append(worker)
            self._spawn(self._serve, worker.channel, index)

    def any_process_ended(self) -> bool:
        """One of the workers that were started here."""
        return any(worker.process.poll() is not None for worker in self.processes)

    def wait_for_processes(self, timeout: float = QUIT_LIMIT_S) -> int:
        """Largest exit code of the workers that were started here, 0 without any. One that a signal
        ended, or that still runs after `timeout` seconds and is killed for it, counts as 1."""
        codes = [0]
        end = time.monotonic() + timeout
        for worker in self.processes:
            code = worker.exit_code(max(0.0, end - time.monotonic()))
            if code is None:
                worker.process.kill()
                worker.process.wait()
            codes.append(1 if code is None or code < 0 else code)
        return max(codes)

    def _accept(self, listener: socket.socket) -> None:
        with listener:
            while True:
                connection, _ = listener.accept()
                self._spawn(self._serve, Channel(connection))

    def _serve(self, channel: Channel, index: int | None = None) -> None:
        """Everything that one connection brings. `index`: of a worker that was started here."""
        node = None
        try:
            message = channel.receive()
            if message is not None and message.type == "client_ready":
                node = self._welcome(message.node_id, channel, index)
            while node is not None:
                message = channel.receive()
                if message is None:
                    break
                self._handle(node, message)
        except RPCReceiveError as error:
            logger.error("A connection was ended: %s", error)
        finally:
            channel.close()
        if node is not None:
            self._on_disconnected(node)
        elif not self._leaving:
            logger.error("A worker ended, or was no worker, before it was ready.")
            self._end_without_workers("went missing")

    def _welcome(self, client_id: str, channel: Channel, index: int | None) -> WorkerNode:
        node = WorkerNode(client_id)
        node.channel = channel
        node.index = self.worker_index_max if index is None else index
        self.worker_index_max = max(self.worker_index_max, node.index + 1)
        self.clients[client_id] = node
        workers = len(self.processes) or len(self.clients)
        self._send(node, "ack", {"index": node.index, "workers": workers})
        self.environment.events.worker_connect.fire(client_id=client_id)
        logger.info(
            "%s (index %d) reported as ready. %d workers connected.",
            client_id,
            node.index,
            len(self.clients),
        )
        self._changed.set()
        if self.state in TEST_RUNS and self.rebalancing_enabled():
            self._share_with(node)
        return node

    def _start_again(self) -> None:
        """Users are shared out anew, in the background."""
        self._spawn(self.start, self.target_user_count, self.spawn_rate)

    def _on_disconnected(self, node: WorkerNode) -> None:
        if self.clients.pop(node.id, None) is None:
            return  # it said so before
        self._changed.set()
        if self.state in NOT_STARTED and node.state != STATE_MISSING:
            logger.warning("Worker '%s' (index %d) ended, with no users.", node.id, node.index)
        else:
            self._count_loss(node)
        self._without(node, self.rebalancing_enabled())
        self._end_without_workers("went missing")

    def _count_loss(self, node: WorkerNode) -> None:
        self.workers_lost += 1
        self._fail()
        logger.error(
            "Worker '%s' (index %d) was lost: its %d users ended with it, and what they did since "
            "its last report at %s is not counted.",
            node.id,
            node.index,
            node.users_when_missing if node.state == STATE_MISSING else node.user_count,
            time.strftime("%H:%M:%S", time.localtime(node.last_report)),
        )

    def _fail(self) -> None:
        if not self.environment.process_exit_code:
            self.environment.process_exit_code = 1

    def _without(self, node: WorkerNode, share_out: bool) -> None:
        """The test goes on with the workers that are left."""
        if self.state not in TEST_RUNS:
            return
        self._departed.append(node)
        if share_out and self._able():
            self._start_again()

    def _end_without_workers(self, how: str) -> None:
        """`how` the last one left. Where others can come, the master goes on to wait for them."""
        if self._able() or self._leaving:
            return
        if self.state in TEST_RUNS:
            logger.info("The last worker %s, stopping test.", how)
            gevent.spawn(self.stop)
        if self.processes and not self.clients:
            if self.state in NOT_STARTED:
                self._fail()
            gevent.spawn(self.quit)

    def heartbeat_worker(self) -> None:
        """Counts the beats of each worker, once a second."""
        while True:
            gevent.sleep(HEARTBEAT_INTERVAL)
            for node in list(self.clients.values()):
                node.heartbeat -= 1
                if node.heartbeat < 0 and node.state != STATE_MISSING:
                    self._on_missing(node)

    def _on_missing(self, node: WorkerNode) -> None:
        """It may come back: its connection is open."""
        logger.info("Worker %s failed to send heartbeat, setting state to missing.", node.id)
        node.state = STATE_MISSING
        node.users_when_missing = node.user_count
        node.user_classes_count = {}
        self._changed.set()
        if self.rebalancing_enabled():
            self._without(node, True)
        self._end_without_workers("went missing")

    # What workers say

    def _handle(self, node: WorkerNode, message: Message) -> None:
        message.node_id = node.id
        handler = self._handlers.get(message.type)
        if handler:
            handler(node, message.data)
        elif not self._deliver(message):
            logger.warning(
                "Unknown message type received from worker %s (index %d): %s",
                node.id,
                node.index,
                message.type,
            )

    def _on_spawned(self, node: WorkerNode, data: dict) -> None:
        node.user_classes_count = data["user_classes_count"]
        node.state = STATE_RUNNING
        self._changed.set()

    def _on_stats(self, node: WorkerNode, data: dict) -> None:
        node.user_classes_count = data["user_classes_count"]
        node.last_report = time.time()
        for msg, traceback_text, count in data.pop("exceptions"):
            self.log_exception(node.id, msg, traceback_text, count)
        if not node.resetting:
            self.environment.events.worker_report.fire(client_id=node.id, data=data)
        self._changed.set()

    def _on_stats_reset(self, node: WorkerNode, data: None) -> None:
        node.resetting = False

    def _on_heartbeat(self, node: WorkerNode, data: dict) -> None:
        node.heartbeat = HEARTBEAT_LIVENESS
        if node.state == STATE_MISSING:
            self._on_return(node, data["state"])
        node.state = data["state"]
        node.memory_usage = data["current_memory_usage"]
        node.cpu_usage = data["current_cpu_usage"]
        if node.cpu_usage > CPU_WARNING_THRESHOLD and not node.cpu_warning_emitted:
            node.cpu_warning_emitted = self.worker_cpu_warning_emitted = True
            logger.warning(
                "Worker %s (index %d) exceeded cpu threshold (will only log this once per worker)",
                node.id,
                node.index,
            )
        self._send(node, "heartbeat", None)
        self.environment.events.heartbeat_sent.fire(client_id=node.id, timestamp=time.time())

    def _on_return(self, node: WorkerNode, state: str) -> None:
        """What it did meanwhile is in its next report."""
        logger.info("Worker %s self-healed with heartbeat, setting state to %s.", node.id, state)
        if self.state in TEST_RUNS and self.rebalancing_enabled():
            self._share_with(node)

    def _share_with(self, node: WorkerNode) -> None:
        if node in self._departed:
            self._departed.remove(node)
        elif self._users_dispatcher is not None:
            self._users_dispatcher.add_worker(node)
        self._start_again()

    def _on_stopped(self, node: WorkerNode, data: None) -> None:
        node.state = STATE_INIT
        node.user_classes_count = {}
        self._changed.set()

    def _on_quit(self, node: WorkerNode, data: None) -> None:
        del self.clients[node.id]
        self._changed.set()
        logger.info(
            "Worker '%s' (index %d) quit. %d workers ready.",
            node.id,
            node.index,
            len(self.clients.ready),
        )
        self._without(node, True)
        self._end_without_workers("quit")

    # Life of a test

    def start(
        self,
        user_count: int,
        spawn_rate: float,
        wait: bool = False,
        user_classes: list[type] | None = None,
    ) -> None:
        if self._stopping is not None:
            self._wait_for(self._stopping)
        workers = self._able()
        if not workers:
            logger.warning(
                "You can't start a distributed test before at least one worker processes has "
                "connected"
            )
            return
        self._check_start(spawn_rate, len(workers))
        logger.info(
            "Sending spawn jobs of %d users at %.2f spawn rate to %d ready workers",
            user_count,
            spawn_rate,
            len(workers),
        )
        self.target_user_count, self.spawn_rate = user_count, spawn_rate
        if self.state in NOT_STARTED:
            self._begin_test()
            if self._leaving:
                return  # a listener of test_start has quit
            self._options = _plain_options(self.environment.parsed_options)
            self._begin_dispatch(workers)
            self._shares = {node.id: place for place, node in enumerate(workers)}
            self._departed = []
        self.update_state(STATE_SPAWNING)
        while self._departed:
            node = self._departed.pop()
            if self._users_dispatcher is not None:
                self._users_dispatcher.remove_worker(node)
        self._dispatch(user_count, spawn_rate, user_classes)
        self._send_ramp()

    def _send_ramp(self) -> None:
        self._ramp_number += 1
        number = self._ramp_number

        def goes_on() -> bool:
            return number == self._ramp_number and self.state == STATE_SPAWNING

        if self._users_dispatcher is None:
            self._send_users({node.id: {} for node in self._able()})
        self._ramp(self._send_users, goes_on)
        self._wait_for_workers_report_after_ramp_up(goes_on)
        if goes_on():
            self._spawning_is_complete()

    def _send_users(self, users_on_workers: dict[str, dict[str, int]]) -> None:
        self.target_user_classes_count = _sum_of(users_on_workers)
        for worker_id, counts in users_on_workers.items():
            if worker_id in self.clients:
                self._send(self.clients[worker_id], "spawn", self._job(worker_id, counts))

    def _job(self, worker_id: str, counts: dict[str, int]) -> dict[str, Any]:
        return {
            "timestamp": time.time(),
            "user_classes_count": counts,
            "share": self._shares.get(worker_id, len(self._shares)),
            "shares": len(self._shares),
            "host": self.environment.host,
            "stop_timeout": self.environment.stop_timeout,
            "parsed_options": self._options,
        }

    def _wait_for_workers_report_after_ramp_up(self, goes_on: Callable[[], bool]) -> None:
        limit_s = float(os.getenv("LOCUST_WAIT_FOR_WORKERS_REPORT_AFTER_RAMP_UP") or 1.0)
        end = time.monotonic() + limit_s
        while goes_on() and time.monotonic() < end and not self._all_reported():
            self._changed.clear()
            self._changed.wait(end - time.monotonic())

    def _all_reported(self) -> bool:
        return self._reported() == self.target_user_classes_count

    def _reported(self) -> dict[str, int]:
        """Of the classes that are ramped."""
        counts = self.reported_user_classes_count
        return {name: counts[name] for name in self.target_user_classes_count}

    def _spawning_is_complete(self) -> None:
        if self.environment.reset_stats:
            for node in self.clients.values():
                node.resetting = True
        self._broadcast("spawning_complete", {"reset_stats": self.environment.reset_stats})
        self.environment.events.spawning_complete.fire(
            user_count=sum(self.target_user_classes_count.values())
        )
        self.update_state(STATE_RUNNING)
        if self._all_reported():
            logger.info("All users spawned: %s", format_users(self._reported()))
        else:
            logger.info(
                "Spawning is complete and report waittime is expired, but not all reports "
                "received from workers: %s",
                format_users(self._reported()),
            )

    def stop(self, send_stop_to_client: bool = True) -> None:
        """`send_stop_to_client` is accepted and always so."""
        super().stop()

    def _stop(self) -> None:
        events = self.environment.events
        events.test_stopping.fire(environment=self.environment)
        self.final_user_classes_count = self.reported_user_classes_count
        self.update_state(STATE_STOPPING)
        self._broadcast("stop", None)
        while any(node.state != STATE_INIT for node in self._able()):
            self._changed.clear()
            self._changed.wait(HEARTBEAT_INTERVAL)
        self.update_state(STATE_STOPPED)
        events.test_stop.fire(environment=self.environment)

    def _quit(self) -> None:
        self.stop()
        self._broadcast("quit", None)
        end = time.monotonic() + QUIT_LIMIT_S
        while self.clients and time.monotonic() < end:
            self._changed.clear()
            self._changed.wait(end - time.monotonic())
        for node in list(self.clients.values()):
            self._on_disconnected(node)
        self.greenlet.kill(block=False)

    def cpu_log_warning(self) -> bool:
        own = super().cpu_log_warning()
        if self.worker_cpu_warning_emitted:
            logger.warning("CPU usage threshold was exceeded on workers during the test!")
        return own or self.worker_cpu_warning_emitted

    # Sending

    def send_message(self, msg_type: str, data: Any = None, client_id: str | None = None) -> None:
        if client_id is None:
            self._broadcast(msg_type, data)
        elif client_id in self.clients:
            self._send(self.clients[client_id], msg_type, data)
        else:
            logger.warning("There is no worker %s to send %s to.", client_id, msg_type)

    def _broadcast(self, msg_type: str, data: Any) -> None:
        for node in list(self.clients.values()):
            self._send(node, msg_type, data)

    def _send(self, node: WorkerNode, msg_type: str, data: Any) -> None:
        try:
            node.channel.send(Message(msg_type, data, node.id))
        except OSError:
            pass  # who receives from it notices its end


def _sum_of(users_on_workers: dict[str, dict[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for counts in users_on_workers.values():
        for name, count in counts.items():
            total[name] = total.get(name, 0) + count
    return total


def _plain_options(parsed_options: Any) -> dict[str, Any]:
    """What a worker takes over from its master's command line."""
    options = vars(parsed_options) if parsed_options is not None else {}
    return {name: value for name, value in options.items() if _is_plain(value)}


def _is_plain(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(item, (str, int, float)) for item in value)
    return value is None or isinstance(value, (str, int, float, bool))
