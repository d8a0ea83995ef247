# SPDX-License-Identifier: Apache-2.0
"""The users that run in this process."""
import logging
from itertools import islice

import gevent
from gevent.pool import Group

from locust import _engine
from locust.user.task import LOCUST_STATE_RUNNING, LOCUST_STATE_STOPPING
from locust.user.users import User
from locust.util.timespan import time_scale

IN_TASK = (LOCUST_STATE_RUNNING, LOCUST_STATE_STOPPING)

logger = logging.getLogger("locust.runners")


class UserPool:
    """Starts and ends users. One that was asked to end may finish its task first: until then it is
    among `greenlets`, but not in running()."""

    def __init__(self, environment):
        self._environment = environment
        self.greenlets = Group()
        self._staying: dict[str, dict] = {}  # class name to {greenlet: user}, oldest first

    def running(self, name: str) -> int:
        return len(self._staying.get(name, ()))

    def spawn(self, user_class: type, count: int) -> None:
        """Raises what the class raises when a user is made."""
        if self._environment.host is not None:
            user_class.host = self._environment.host
        staying = self._staying.setdefault(user_class.__name__, {})
        try:
            for _ in range(count):
                user = user_class(self._environment)
                greenlet = user.start(self.greenlets)
                staying[greenlet] = user
                greenlet.rawlink(self._ended)
        finally:
            self._tell()

    def _ended(self, greenlet) -> None:
        for staying in self._staying.values():
            staying.pop(greenlet, None)
        self._tell()

    def _tell(self) -> None:
        _engine.set_users(len(self.greenlets))

    def dismiss(self, name: str, count: int) -> list:
        """Asks the oldest `count` users to end and returns their greenlets. All are asked at once:
        ending one can take as long as its on_stop."""
        staying = self._staying.get(name, {})
        leaving = list(islice(staying.items(), count))
        for greenlet, user in leaving:
            del staying[greenlet]
            if type(user).stop is not User.stop:
                gevent.spawn(self._stop, user)  # which may wait
            elif not (self._environment.stop_timeout and user._state in IN_TASK):
                greenlet.kill(block=False)
            elif user._state is LOCUST_STATE_RUNNING:
                user.stop()
        return [greenlet for greenlet, _ in leaving]

    def _stop(self, user) -> None:
        if not user.greenlet.dead:
            started = user._state is not None
            user.stop(force=not started or not self._environment.stop_timeout)

    def dismiss_all(self) -> None:
        for name, staying in self._staying.items():
            self.dismiss(name, len(staying))

    def wait_for(self, leaving: list) -> None:
        """Until these greenlets have ended; those that have not after the stop timeout are killed,
        in one go."""
        limit_s = self._environment.stop_timeout
        gevent.joinall(leaving, timeout=limit_s * time_scale() if limit_s else None)
        late = [greenlet for greenlet in leaving if not greenlet.dead]
        if late:
            logger.info(
                "Not all users finished their tasks & terminated in %s seconds. Stopping them...",
                limit_s,
            )
            gevent.killall(late)
