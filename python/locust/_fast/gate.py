# SPDX-License-Identifier: Apache-2.0
"""How many requests of a user are under way at once: FastHttpUser.concurrency."""
from time import monotonic

from gevent.event import Event


class Gate:
    """`free` places. A caller takes one itself (`free -= 1`) or, when there is none, calls wait();
    either way it calls leave() once."""

    def __init__(self, places: int):
        self.free = places
        self._waiting: list = []  # few: the greenlets of one user

    def wait(self) -> float:
        """Takes the next place that gets free; returns the milliseconds that it took."""
        begin = monotonic()
        turn = Event()
        self._waiting.append(turn)
        try:
            turn.wait()
        except BaseException:
            self._give_up(turn)
            raise
        return (monotonic() - begin) * 1000

    def _give_up(self, turn: Event) -> None:
        """The caller was cut while it waited, perhaps after a place was passed to it."""
        if turn.is_set():
            self.leave()
        else:
            self._waiting.remove(turn)

    def leave(self) -> None:
        if self._waiting:
            self._waiting.pop(0).set()
        else:
            self.free += 1
