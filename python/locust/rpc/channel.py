# SPDX-License-Identifier: Apache-2.0
"""One connection between a master and a worker; gevent's sockets, so that only a greenlet waits."""
from gevent import socket
from gevent.lock import Semaphore

from locust.exception import RPCReceiveError
from locust.rpc.protocol import HEADER, LIMIT, Message


class Channel:
    """Owns its socket. Any greenlet may send, one at a time receives."""

    def __init__(self, sock: socket.socket):
        self._socket = sock
        self._sending = Semaphore()
        if sock.family != socket.AF_UNIX:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, message: Message) -> None:
        """OSError when the other side is gone, RPCSendError for data that cannot be sent."""
        packet = message.serialize()
        with self._sending:
            self._socket.sendall(packet)

    def receive(self) -> Message | None:
        """The next message, None when the other side is gone. RPCReceiveError for anything that is
        no message."""
        header = self._read(HEADER.size)
        if header is None:
            return None
        (length,) = HEADER.unpack(header)
        if length > LIMIT:
            raise RPCReceiveError(f"A message of {length} bytes was announced, {LIMIT} is the most")
        body = self._read(length)
        return None if body is None else Message.unserialize(body)

    def _read(self, count: int) -> bytes | None:
        """Exactly `count` bytes."""
        pieces = bytearray()
        while len(pieces) < count:
            try:
                piece = self._socket.recv(min(count - len(pieces), 1 << 20))
            except OSError:
                return None
            if not piece:
                return None
            pieces += piece
        return bytes(pieces)

    def close(self) -> None:
        """A greenlet that waits in receive() gets None."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # the other side was first
        self._socket.close()


def socket_pair() -> tuple[Channel, socket.socket]:
    """This process' end, and the other one for a child."""
    ours, theirs = socket.socketpair()
    return Channel(ours), theirs
