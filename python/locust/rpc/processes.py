# SPDX-License-Identifier: Apache-2.0
"""Workers that a master starts itself: the same interpreter with the same arguments, and one end of
a socket pair, whose number is in the environment."""
import os
import sys
from collections.abc import Mapping, Sequence

from gevent import socket, subprocess

from locust.rpc.channel import Channel, socket_pair

MASTER_VARIABLE = "KENEYPERF_LOCUST_MASTER"


class WorkerProcess:
    """A child and the channel to it."""

    def __init__(self, process: subprocess.Popen, channel: Channel):
        self.process = process
        self.channel = channel

    @classmethod
    def start(cls, environment: Mapping[str, str], descriptors: Sequence[int]) -> "WorkerProcess":
        """`environment`: variables beside those of this process; `descriptors`: kept open in the
        child under their numbers. OSError when no process can be made."""
        channel, theirs = socket_pair()
        descriptor = theirs.fileno()
        with theirs:
            process = subprocess.Popen(
                sys.orig_argv,
                executable=sys.executable,
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for the master, which tells its workers
                pass_fds=(descriptor, *descriptors),
                env={**os.environ, **environment, MASTER_VARIABLE: str(descriptor)},
            )
        return cls(process, channel)

    def exit_code(self, timeout: float) -> int | None:
        """Waits so many seconds for its end; None when it still runs. -N: ended by signal N."""
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            return None


def is_started_worker() -> bool:
    """This process was started by a master and has not taken its connection yet."""
    return MASTER_VARIABLE in os.environ


def take_parent() -> Channel:
    """The connection to the master. It is taken once, so that what this process starts does not
    find it."""
    descriptor = int(os.environ.pop(MASTER_VARIABLE))
    os.set_inheritable(descriptor, False)
    return Channel(socket.socket(fileno=descriptor))
