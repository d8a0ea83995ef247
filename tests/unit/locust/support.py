# SPDX-License-Identifier: Apache-2.0
"""An environment without runner, and one user that runs in it until it ends."""
from gevent import Timeout
from gevent.pool import Group

from locust.event import Events


class Environment:
    catch_exceptions = True
    host = None
    runner = None

    def __init__(self) -> None:
        self.events = Events()
        self.errors: list = []
        self.events.user_error.add_listener(self._note)

    def _note(self, user_instance, exception, tb, **kwargs) -> None:
        self.errors.append((type(user_instance).__name__, repr(exception)))


def run_user(user_class, environment=None, limit_s: float = 20):
    """The user, after it has ended."""
    user = user_class(environment or Environment())
    greenlet = user.start(Group())
    with Timeout(limit_s):
        greenlet.join()
    return user
