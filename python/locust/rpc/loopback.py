# SPDX-License-Identifier: Apache-2.0
"""How a master and workers that were started by hand find each other: TCP on this machine only."""
import ipaddress
import logging

import gevent
from gevent import socket

from locust.exception import RPCError
from locust.rpc.channel import Channel

CONNECT_RETRY_COUNT = 60
CONNECT_TIMEOUT = 5.0  # seconds between two log lines
RETRY_EVERY_S = 0.25

logger = logging.getLogger("locust.runners")


def _loopback_address(host: str, option: str) -> str:
    """The address of `host`. RPCError when that is another machine."""
    try:
        address = "127.0.0.1" if host == "*" else socket.gethostbyname(host)
    except OSError as error:
        raise RPCError(f"{option} {host}: {error}. Give the name or address of this machine.")
    if not ipaddress.ip_address(address).is_loopback:
        raise RPCError(
            f"{option} {host}: master and workers have to run on one machine here. Give 127.0.0.1, "
            "or let --processes -1 start a worker for each of its cores."
        )
    return address


def listen(host: str, port: int) -> socket.socket:
    """A master's socket; "*" is loopback. RPCError when the port is taken."""
    address = _loopback_address(host, "--master-bind-host")
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
    except OSError as error:
        listener.close()
        raise RPCError(
            f"Socket bind failure: {error}. Another master may run: end it, or give another "
            f"--master-bind-port than {port}."
        )
    listener.listen(128)
    return listener


def connect(host: str, port: int) -> Channel:
    """A worker's connection; waits for a master that has not been started yet. RPCError when it
    does not come."""
    address = _loopback_address(host, "--master-host")
    for attempt in range(1, CONNECT_RETRY_COUNT + 1):
        with gevent.Timeout(CONNECT_TIMEOUT, False):
            return _connect_soon(address, port)
        logger.info(
            "Failed to connect to master %s:%d, retry %d/%d.",
            host,
            port,
            attempt,
            CONNECT_RETRY_COUNT,
        )
    raise RPCError(f"There is no master at {host}:{port}. Start it with --master.")


def _connect_soon(address: str, port: int) -> Channel:
    while True:
        try:
            return Channel(socket.create_connection((address, port)))
        except OSError:
            gevent.sleep(RETRY_EVERY_S)
