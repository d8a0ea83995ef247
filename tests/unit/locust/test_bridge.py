# SPDX-License-Identifier: Apache-2.0
"""The connection to `keneyperf run`, seen from its other end."""
import json
import logging
import socket
import struct
import unittest

import gevent

from locust._keneyperf.bridge import Bridge, BridgeHandler


class TestBridge(unittest.TestCase):
    def setUp(self) -> None:
        self.other, ours = socket.socketpair()
        self.bridge = Bridge(ours.detach())
        self.addCleanup(self.other.close)

    def said(self) -> list[dict]:
        """Every message so far."""
        self.other.setblocking(False)
        data, messages = self.other.recv(1 << 20), []
        while data:
            (length,) = struct.unpack_from("<I", data)
            self.assertEqual(data[4:5], b"J")
            messages.append(json.loads(data[5 : 4 + length]))
            data = data[4 + length :]
        return messages

    def test_messages_go_out_as_frames(self) -> None:
        self.bridge.send("users", count=3)
        self.bridge.send("ended", exit_code=None)
        self.assertEqual(
            self.said(), [{"type": "users", "count": 3}, {"type": "ended", "exit_code": None}]
        )

    def test_a_message_in_pieces_is_put_together(self) -> None:
        received = gevent.spawn(self.bridge.receive)
        for byte in b'\x10\0\0\0J{"type":"stop"}':
            self.other.send(bytes([byte]))
            gevent.sleep(0)
        self.assertEqual(received.get(timeout=20), {"type": "stop"})

    def test_the_end_of_the_run_is_none(self) -> None:
        self.other.close()
        self.assertIsNone(self.bridge.receive())
        self.bridge.send("users", count=1)

    def test_a_complaint_that_comes_again_is_counted(self) -> None:
        handler = BridgeHandler(self.bridge)
        logger = logging.Logger("file")
        logger.addHandler(handler)
        for _ in range(4):
            logger.error("task failed\nValueError: no")
            logger.warning("slow")
        handler.sum_up()
        texts = [message["text"] for message in self.said()]
        self.assertEqual(
            texts,
            ["task failed\nValueError: no", *["slow"] * 4, "and 3 times more: ValueError: no"],
        )


if __name__ == "__main__":
    unittest.main()
