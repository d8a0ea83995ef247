# SPDX-License-Identifier: Apache-2.0
"""The connection to `keneyperf run`, which judges and reports what this process does
(docs/internals/run.md). Frames: length of what follows (u32, little endian), type (u8), payload."""
import json
import logging
import socket as sockets
import struct
from typing import Any

from gevent import monkey
from gevent.socket import wait_read

_HEADER = struct.Struct("<IB")
_JSON = ord("J")
COMPLAINTS_MAX = 1000  # different ones that are counted


class Bridge:
    """Owns the descriptor. Sending waits for the run to take it, without switching: even the hub
    and other threads may log. One greenlet receives."""

    def __init__(self, descriptor: int) -> None:
        self._socket = monkey.get_original("socket", "socket")(fileno=descriptor)
        self._socket.setblocking(True)
        self._socket.set_inheritable(False)
        self._sending = monkey.get_original("_thread", "allocate_lock")()

    def receive(self) -> dict[str, Any] | None:
        """The next message; None when the run is over or gone."""
        header = self._read(_HEADER.size)
        if header is None:
            return None
        length, _ = _HEADER.unpack(header)
        body = self._read(length - 1)
        return None if body is None else json.loads(body)

    def _read(self, count: int) -> bytes | None:
        data = b""
        while len(data) < count:
            wait_read(self._socket.fileno())
            piece = self._socket.recv(count - len(data), sockets.MSG_DONTWAIT)
            if not piece:
                return None
            data += piece
        return data

    def send(self, message_type: str, **members: Any) -> None:
        """Nothing happens when the run is gone: receive() tells that."""
        body = json.dumps({"type": message_type, **members}, default=str).encode()
        with self._sending:
            try:
                self._socket.sendall(_HEADER.pack(len(body) + 1, _JSON) + body)
            except OSError:
                pass


class BridgeHandler(logging.Handler):
    """Log lines become lines of the run's own log. A complaint that comes again is counted: a task
    that fails does so thousands of times."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self._again: dict[str, int] = {}

    def emit(self, record: logging.LogRecord) -> None:
        text = self.format(record)
        if record.levelno >= logging.ERROR:
            if text in self._again:
                self._again[text] += 1
                return
            if len(self._again) < COMPLAINTS_MAX:
                self._again[text] = 0
        self._bridge.send("log", level=record.levelname.lower(), text=text)

    def sum_up(self) -> None:
        """At the end."""
        for text, count in self._again.items():
            if count:
                last = text.rstrip().rpartition("\n")[2]
                self._bridge.send("log", level="error", text=f"and {count} times more: {last}")
        self._again.clear()
