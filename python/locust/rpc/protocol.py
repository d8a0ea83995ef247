# SPDX-License-Identifier: Apache-2.0
"""One message and its form on the wire: four bytes of length (big endian), then a JSON array
[type, data, node id]. Never pickle: whoever can write to the socket could run code."""
import json
import struct
from typing import Any

from locust.exception import RPCReceiveError, RPCSendError

HEADER = struct.Struct("!I")
LIMIT = 256 * 1024 * 1024  # bytes of one message


class Message:
    """`node_id`: the worker that sent it, or that it was sent to."""

    def __init__(self, message_type: str, data: Any, node_id: str | None):
        self.type = message_type
        self.data = data
        self.node_id = node_id

    def __repr__(self) -> str:
        return f"<Message {self.type}:{self.node_id}>"

    def serialize(self) -> bytes:
        """RPCSendError for data that JSON has no form for, or that is too much."""
        try:
            text = json.dumps([self.type, self.data, self.node_id], separators=(",", ":"))
        except (TypeError, ValueError) as error:
            raise RPCSendError(
                f"The data of message {self.type!r} cannot be sent: {error}. "
                "Give strings, numbers, booleans, None, and lists or dicts of them."
            ) from None
        body = text.encode()
        if len(body) > LIMIT:
            raise RPCSendError(
                f"Message {self.type!r} has {len(body)} bytes, {LIMIT} is the most: send less."
            )
        return HEADER.pack(len(body)) + body

    @classmethod
    def unserialize(cls, body: bytes) -> "Message":
        """RPCReceiveError when `body` (without its length) is no message."""
        try:
            message_type, data, node_id = json.loads(body)
            if type(message_type) is not str or type(node_id) not in (str, type(None)):
                raise ValueError("its type or its node is no text")
        except (TypeError, ValueError, RecursionError) as error:
            raise RPCReceiveError(f"What came is no message of a locust process: {error}") from None
        return cls(message_type, data, node_id)
