# SPDX-License-Identifier: Apache-2.0
"""The engine on gevent's hub.

`settings` is filled before the first user runs (see open() in _engine.pyi); the engine opens at the
first use, since a locustfile may make clients of its own while it is imported.
"""
import atexit
import os

import gevent
from greenlet import getcurrent, greenlet

from locust import _engine
from locust._generator import blocking

settings: dict = {}
_READ = 1
_watchers: list = []


def ensure_open() -> None:
    """Opens the engine unless it is open. ValueError for settings that cannot be used."""
    if _watchers:
        return
    hub = gevent.get_hub()
    # gevent's own hub.switch() looks for a hook on every greenlet first, which costs an exception.
    descriptors = _engine.open(greenlet.switch.__get__(hub), getcurrent, settings)
    for descriptor in descriptors:
        watcher = hub.loop.io(descriptor, _READ)
        watcher.start(_engine.turn)
        _watchers.append(watcher)
    _watch_edges(hub.loop)
    blocking.start()
    atexit.register(close)


def _watch_edges(loop) -> None:
    """Marks when the hub sleeps. gevent's own callbacks run between the two, so these watchers come
    first after the poll and last before it."""
    woke = loop.check(ref=False, priority=loop.MAXPRI)
    woke.start(_engine.busy)
    sleeps = loop.prepare(ref=False, priority=loop.MINPRI)
    sleeps.start(_engine.idle)
    _watchers.extend((woke, sleeps))


def close() -> None:
    """Sends the last snapshot and gives everything back."""
    _stop_watching()
    blocking.stop()
    _engine.close()


def _stop_watching() -> None:
    while _watchers:
        watcher = _watchers.pop()
        watcher.stop()
        watcher.close()


def _leave_to_parent() -> None:
    """In a child that a task forked: connections and users are the parent's."""
    _stop_watching()
    blocking.forget()
    _engine.forget()


os.register_at_fork(after_in_child=_leave_to_parent)
