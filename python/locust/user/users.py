# SPDX-License-Identifier: Apache-2.0
"""Users: each is one greenlet that runs the tasks of its class until it is stopped."""
import logging
import traceback
from functools import cache
from time import monotonic
from typing import final

from gevent import GreenletExit
from gevent.pool import Group

from locust import _hub
from locust.clients import HttpSession
from locust.user.rest import RestMixin
from locust.exception import StopTest, StopUser
from locust.user.task import (
    LOCUST_STATE_RUNNING,
    LOCUST_STATE_STOPPING,
    LOCUST_STATE_WAITING,
    DefaultTaskSet,
    get_tasks_from_base_classes,
)
from locust.user.wait_time import constant

logger = logging.getLogger(__name__)


class UserMeta(type):
    def __new__(mcs, classname, bases, class_dict):
        class_dict["tasks"] = get_tasks_from_base_classes(bases, class_dict)
        class_dict.setdefault("abstract", False)
        return super().__new__(mcs, classname, bases, class_dict)


class User(metaclass=UserMeta):
    """Base of all users. Subclasses are concrete unless they set `abstract` themselves."""

    host: str | None = None
    min_wait = None
    max_wait = None
    wait_time = constant(0)
    wait_function = None
    tasks: list = []
    weight: float = 1  # its share among the classes of a test
    fixed_count: int = 0  # users of this class that are there before weights count
    abstract: bool = True
    arrival = None  # see locust.arrival
    _arrivals = None  # what drives the class while a test runs, if it has an arrival rate
    _intended: float = -1.0  # time.monotonic() at which the running task was due; below 0: no plan

    def __init__(self, environment) -> None:
        self.environment = environment
        self._class_name = type(self).__name__
        self._state: str | None = None
        self._group: Group | None = None
        self._greenlet = None
        self._taskset_instance: DefaultTaskSet | None = None
        self._cp_last_run = monotonic()
        self._cp_last_wait_time = 0

    def on_start(self) -> None:
        """Before the first task. What it raises ends the user."""

    def on_stop(self) -> None:
        """When the user is stopped."""

    @final
    def run(self) -> None:
        self._state = LOCUST_STATE_RUNNING
        driven = self.arrival and self._arrivals
        self._taskset_instance = self._arrivals.taskset(self) if driven else DefaultTaskSet(self)
        try:
            self._begin()
            self._taskset_instance.run()
        except (GreenletExit, StopUser, StopTest):
            self.on_stop()

    def _begin(self) -> None:
        try:
            self.on_start()
        except (StopUser, StopTest):
            raise
        except Exception as error:
            logger.error("%s\n%s", error, traceback.format_exc())
            self.environment.events.user_error.fire(
                user_instance=self, exception=error, tb=error.__traceback__
            )
            raise

    def wait(self) -> None:
        """Waits as between two tasks."""
        self._taskset_instance.wait()

    def start(self, group: Group):
        """Runs the user in a new greenlet of `group`, which is returned."""
        _hub.ensure_open()
        self._group = group
        self._greenlet = greenlet = group.spawn(run_user, self)
        greenlet.user_class = self._class_name
        return greenlet

    def stop(self, force: bool = False) -> bool:
        """Ends the user: at once (True) when it waits or by `force`; else after its task."""
        if force or self._state in (LOCUST_STATE_WAITING, None):
            self._group.killone(self._greenlet)
            return True
        self._state = LOCUST_STATE_STOPPING
        return False

    @property
    def group(self):
        return self._group

    @property
    def greenlet(self):
        return self._greenlet

    def context(self) -> dict:
        """What the `context` of each of its requests shall have."""
        return {}

    def require_host(self) -> None:
        if self.host is None:
            raise StopTest(
                "You must specify the base host. Either in the host attribute in the User class, "
                "or on the command line using the --host option."
            )
        if self.host and "://" not in self.host:
            _warn_of_host(self.host)

    @classmethod
    def json(cls) -> dict:
        """What the web form shows of the class."""
        return {
            "host": cls.host,
            "weight": cls.weight,
            "fixed_count": cls.fixed_count,
            "tasks": [task.__name__ for task in cls.tasks],
        }

    @classmethod
    def fullname(cls) -> str:
        return f"{cls.__module__}.{cls.__name__}"


@cache  # said once for each host
def _warn_of_host(host: str) -> None:
    logger.warning(
        "The base host %s has no http:// or https:// in front: requests to paths will fail", host
    )


def run_user(user: User) -> None:
    user.run()


class HttpUser(User, RestMixin):
    """A user with `client`, a session as of `requests`."""

    abstract = True
    pool_manager = None  # accepted; connections belong to the engine

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.require_host()
        self.client = HttpSession(
            base_url=self.host,
            request_event=self.environment.events.request,
            user=self,
            pool_manager=self.pool_manager,
        )
        self.client.trust_env = False


def __getattr__(name: str):
    if name == "PytestUser":
        raise ImportError(
            "PytestUser is not supported: write the functions as tasks of an HttpUser class."
        )
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
