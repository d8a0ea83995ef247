# SPDX-License-Identifier: Apache-2.0
"""How master and workers talk: messages over stream sockets of one machine."""
from locust.rpc.channel import Channel, socket_pair
from locust.rpc.protocol import Message

__all__ = ["Channel", "Message", "socket_pair"]
