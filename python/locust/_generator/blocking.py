# SPDX-License-Identifier: Apache-2.0
"""Calls that hold the whole process up.

While one user computes, or waits inside of C code that gevent cannot patch, no other user of the
process runs and no answer is noticed. A real thread looks twenty times a second whether the same
greenlet has been running since the last look, and where it is.
"""
import functools
import os
import sys
import sysconfig
import time

from gevent import monkey

from locust import _engine

LOOK_EVERY_S = 0.05
BLOCKED_AFTER_S = 0.1
PLACES_MAX = 100

_OWN = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # the package
_FOREIGN = (_OWN, sysconfig.get_path("stdlib"), "<frozen")
_INSTALLED = ("/site-packages/", "/dist-packages/")


class _Place:
    """A line of the user's code at which the process was held up."""

    def __init__(self) -> None:
        self.count = 0
        self.longest_s = 0.0


class Watch:
    """Looks at one thread. Only report() may be called from that thread."""

    def __init__(self, thread_id: int, native_id: int = 0) -> None:
        self.thread_id, self.native_id = thread_id, native_id
        self.places: dict[tuple[str, str, int], _Place] = {}
        self._running: tuple[float, int] | None = None  # hub's wake-up, outermost frame
        self._since = 0.0
        self._place: _Place | None = None  # where this stretch was counted
        allocate_lock = monkey.get_original("_thread", "allocate_lock")
        self._stop, self._ended = allocate_lock(), allocate_lock()
        self._stop.acquire()
        self._ended.acquire()

    def look(self, busy_since: float, now: float, frame, kept_waiting: float = 0.0) -> None:
        """One look: the hub has been busy since then, and `frame` is what runs now. `kept_waiting`:
        seconds that the thread has waited for a processor in all; they are not its own doing."""
        if busy_since == 0 or now - busy_since < BLOCKED_AFTER_S or frame is None:
            self._running = None
            return
        running = (busy_since, id(_outermost(frame)))
        if running != self._running:
            self._running, self._place = running, None
            self._since = now - kept_waiting
            return
        seconds = now - kept_waiting - self._since
        if seconds >= LOOK_EVERY_S / 2:
            self._note(frame, seconds)

    def _note(self, frame, seconds: float) -> None:
        if self._place is None:
            where = _where(frame)
            if where is None or (where not in self.places and len(self.places) >= PLACES_MAX):
                return
            self._place = self.places.setdefault(where, _Place())
            self._place.count += 1
        self._place.longest_s = max(self._place.longest_s, seconds)

    def report(self) -> list[str]:
        worst_first = sorted(self.places.items(), key=lambda item: -item[1].longest_s)
        return [
            f"{user} held up every user of its process at {file}:{line}: {place.count} "
            f"time{'' if place.count == 1 else 's'}, {place.longest_s * 1000:.0f} ms or more. "
            "gevent cannot switch there: use a library that it can patch, or "
            "gevent.get_hub().threadpool.apply()"
            for (user, file, line), place in worst_first
        ]

    def run(self) -> None:
        while not self._stop.acquire(timeout=LOOK_EVERY_S):
            busy_since = _engine.busy_since()
            frame = sys._current_frames().get(self.thread_id) if busy_since else None
            kept_waiting = self._kept_waiting() if busy_since else 0.0
            self.look(busy_since, time.monotonic(), frame, kept_waiting)
            del frame
        self._ended.release()

    def _kept_waiting(self) -> float:
        """proc(5), schedstat: nanoseconds spent waiting on a run queue."""
        try:
            with open(f"/proc/self/task/{self.native_id}/schedstat", encoding="ascii") as file:
                return int(file.read().split()[1]) / 1e9
        except (OSError, IndexError):
            return 0.0  # a kernel without these statistics

    def stop(self) -> None:
        """Waits for its thread: one that the interpreter's end meets while it starts crashes it."""
        self._stop.release()
        self._ended.acquire()


def _outermost(frame):
    while frame.f_back is not None:
        frame = frame.f_back
    return frame


def _is_users(frame) -> bool:
    file = frame.f_code.co_filename
    return not file.startswith(_FOREIGN) and not any(part in file for part in _INSTALLED)


def _user_class(frame) -> str:
    """The class of the user that runs `frame`, by the innermost method of one or of its tasks."""
    while frame is not None:
        owner = frame.f_locals.get("self")
        user = getattr(owner, "user", owner)
        if hasattr(type(user), "fixed_count"):
            return type(user).__name__
        frame = frame.f_back
    return "code outside of any user"


def _where(frame) -> tuple[str, str, int] | None:
    user = _user_class(frame)
    while frame is not None and not _is_users(frame):
        frame = frame.f_back
    if frame is None:
        return None
    file = os.path.relpath(frame.f_code.co_filename)
    return user, frame.f_code.co_filename if file.startswith("..") else file, frame.f_lineno


_watches: list[Watch] = []
_finished: list[Watch] = []


def start() -> None:
    """Watches the calling thread from now on."""
    get = functools.partial(monkey.get_original, "_thread")
    watch = Watch(get("get_ident")(), get("get_native_id")())
    get("start_new_thread")(watch.run, ())
    _watches.append(watch)


def stop() -> None:
    """Nothing is watched any more; the reports stay."""
    for watch in _watches:
        watch.stop()
    _finished.extend(_watches)
    _watches.clear()


def forget() -> None:
    """In a forked child, which has none of the threads."""
    _watches.clear()


def report() -> list[str]:
    """A sentence for each place, the longest first."""
    return [line for watch in _finished + _watches for line in watch.report()]
