# SPDX-License-Identifier: Apache-2.0
"""Messages between master and workers, and where they may be."""
import unittest

import gevent
from gevent import socket

from locust.exception import RPCError, RPCReceiveError, RPCSendError
from locust.rpc import Channel, Message, socket_pair
from locust.rpc.loopback import connect, listen
from locust.rpc.protocol import HEADER, LIMIT


def pair():
    ours, theirs = socket_pair()
    return ours, Channel(theirs)


class MessageTest(unittest.TestCase):
    def test_round_trip(self):
        data = {"a": [1, 2.5, None, True], "b": "ü\u20ac", "c": {}}
        packet = Message("custom", data, "worker_1").serialize()
        message = Message.unserialize(packet[HEADER.size :])
        self.assertEqual((message.type, message.data, message.node_id), ("custom", data, "worker_1"))
        self.assertEqual(HEADER.unpack(packet[: HEADER.size]), (len(packet) - HEADER.size,))

    def test_floats_arrive_exactly(self):
        values = [0.1, 1e-17, 1234567.000001, 2.0**60]
        body = Message("x", values, None).serialize()[HEADER.size :]
        self.assertEqual(Message.unserialize(body).data, values)

    def test_what_cannot_be_sent(self):
        for data in (b"bytes", {1, 2}, object()):
            with self.subTest(data), self.assertRaisesRegex(RPCSendError, "'x' cannot be sent"):
                Message("x", data, None).serialize()

    def test_what_is_no_message(self):
        bodies = (b"", b"GET / HTTP/1.1", b'{"type": 1}', b"1", b"[1, 2]", b"\xff\xfe")
        bodies += (b'["x", 1, [2]]', b"[1, 2, null]", b"[" * 100_000)
        for body in bodies:
            with self.subTest(body[:20]), self.assertRaises(RPCReceiveError):
                Message.unserialize(body)


class ChannelTest(unittest.TestCase):
    def test_many_senders(self):
        ours, theirs = pair()
        text = "x" * 300_000  # more than a socket holds
        senders = [
            gevent.spawn(ours.send, Message("big", [n, text], None)) for n in range(5)
        ]
        numbers = {theirs.receive().data[0] for _ in senders}
        self.assertEqual(numbers, {0, 1, 2, 3, 4})

    def test_end(self):
        ours, theirs = pair()
        waiting = gevent.spawn(theirs.receive)
        gevent.sleep(0)
        ours.close()
        self.assertIsNone(waiting.get(timeout=5))

    def test_end_amid_a_message(self):
        ours, theirs = socket_pair()
        theirs.sendall(HEADER.pack(100) + b"[")
        theirs.close()
        self.assertIsNone(ours.receive())

    def test_too_much_is_not_read(self):
        ours, theirs = socket_pair()
        theirs.sendall(HEADER.pack(LIMIT + 1))
        with self.assertRaisesRegex(RPCReceiveError, "was announced"):
            ours.receive()


class LoopbackTest(unittest.TestCase):
    def test_over_tcp(self):
        with listen("*", 0) as listener:
            worker = gevent.spawn(connect, "localhost", listener.getsockname()[1])
            connection, _ = listener.accept()
            self.assertEqual(connection.family, socket.AF_INET)
            worker.get(timeout=5).send(Message("hello", None, "w"))
            self.assertEqual(Channel(connection).receive().type, "hello")

    def test_other_machines_are_refused(self):
        with self.assertRaisesRegex(RPCError, "--master-host 192.0.2.1: .* --processes -1"):
            connect("192.0.2.1", 5557)
        with self.assertRaisesRegex(RPCError, "--master-bind-host 0.0.0.0: "):
            listen("0.0.0.0", 0)

    def test_port_that_is_taken(self):
        with listen("127.0.0.1", 0) as listener:
            port = listener.getsockname()[1]
            with self.assertRaisesRegex(RPCError, f"--master-bind-port than {port}"):
                listen("127.0.0.1", port)


if __name__ == "__main__":
    unittest.main()
