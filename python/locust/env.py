# SPDX-License-Identifier: Apache-2.0
"""What one test consists of: its user classes, events, statistics, options and runner."""
import json
from collections import Counter
from typing import Any

from locust.dispatch import UsersDispatcher
from locust.event import Events
from locust.exception import LocustError, RunnerAlreadyExistsError
from locust.runners import LocalRunner, MasterRunner, Runner, WorkerRunner
from locust.shape import LoadTestShape
from locust.stats import RequestStats
from locust.user.task import filter_tasks_by_tags


class Environment:
    """Attributes are those of Locust; library users make one themselves and create a runner."""

    def __init__(
        self,
        *,
        user_classes: list[type] | None = None,
        shape_class: LoadTestShape | None = None,
        tags: list[str] | None = None,
        locustfile: str | None = None,
        exclude_tags: list[str] | None = None,
        events: Events | None = None,
        host: str | None = None,
        reset_stats: bool = False,
        stop_timeout: float | None = None,
        catch_exceptions: bool = True,
        parsed_options: Any = None,
        parsed_locustfiles: list[str] | None = None,
        available_user_classes: dict[str, type] | None = None,
        available_shape_classes: dict[str, LoadTestShape] | None = None,
        available_user_tasks: dict[str, list] | None = None,
        dispatcher_class: type[UsersDispatcher] = UsersDispatcher,
        profile: str | None = None,
    ):
        self.runner: Runner | None = None
        self.web_ui = None
        self.process_exit_code: int | None = None
        self.events = events or Events()
        self.user_classes = user_classes or []
        self.shape_class = shape_class
        self.tags = tags
        self.exclude_tags = exclude_tags
        self.stats = RequestStats()
        self.host = host
        self.reset_stats = reset_stats  # once all users are there
        self.stop_timeout = stop_timeout or 0.0  # seconds that users get to finish their task
        self.catch_exceptions = catch_exceptions
        self.parsed_options = parsed_options
        self.locustfile = locustfile
        self.parsed_locustfiles = parsed_locustfiles
        self.available_user_classes = available_user_classes
        self.available_shape_classes = available_shape_classes
        self.available_user_tasks = available_user_tasks
        self.dispatcher_class = dispatcher_class
        self.profile = profile
        self.worker_logs: dict[str, list[str]] = {}
        self._remove_user_classes_with_weight_zero()
        self._validate_user_class_name_uniqueness()
        self._validate_shape_class_instance()

    @property
    def user_classes_by_name(self) -> dict[str, type]:
        return {user_class.__name__: user_class for user_class in self.user_classes}

    def create_local_runner(self) -> LocalRunner:
        return self._create_runner(LocalRunner)

    def create_master_runner(
        self, master_bind_host: str = "*", master_bind_port: int | None = 5557
    ) -> MasterRunner:
        """`master_bind_port` None: only workers that the master starts itself. RPCError when the
        port is taken, or the host not this machine."""
        return self._create_runner(MasterRunner, master_bind_host, master_bind_port)

    def create_worker_runner(self, master_host: str, master_port: int) -> WorkerRunner:
        """Waits for the master; RPCError when there is none, or on another machine. A process that
        a master started finds it without an address."""
        return self._create_runner(WorkerRunner, master_host, master_port)

    def _create_runner(self, runner_class: type[Runner], *args) -> Any:
        if self.runner is not None:
            raise RunnerAlreadyExistsError(f"Environment.runner already exists ({self.runner})")
        self.runner = runner_class(self, *args)
        if self.shape_class:
            self.shape_class.runner = self.runner
        return self.runner

    def create_web_ui(self, *args, **kwargs) -> None:
        raise LocustError(
            "create_web_ui(): there is no web interface yet. Leave the call out and start users "
            "with runner.start(), or run the file with --headless."
        )

    def assign_equal_weights(self) -> None:
        """All classes alike, and within each all tasks alike (--equal-weights)."""
        for user_class in self.user_classes:
            user_class.weight = 1
            user_class.tasks = list(dict.fromkeys(user_class.tasks))

    def update_user_class(self, user_settings: dict[str, Any] | str) -> None:
        """Sets attributes of a class (--config-users): {"user_class_name": "A", "weight": 2,
        "tasks": ["name of a task"]}. ValueError for a class or task that does not exist."""
        settings = json.loads(user_settings) if isinstance(user_settings, str) else user_settings
        settings = dict(settings)
        name = settings.pop("user_class_name")
        known = {**(self.available_user_classes or {}), **self.user_classes_by_name}
        if name not in known:
            raise ValueError(f"There is no user class {name!r}; there are {', '.join(known)}.")
        if "tasks" in settings:
            settings["tasks"] = self._find_tasks(known[name], settings["tasks"])
        for key, value in settings.items():
            setattr(known[name], key, value)

    def _find_tasks(self, user_class: type, names: list[str]) -> list:
        tasks = (self.available_user_tasks or {}).get(user_class.__name__) or user_class.tasks
        by_name = {task.__name__: task for task in tasks}
        for name in names:
            if name not in by_name:
                raise ValueError(
                    f"{user_class.__name__} has no task {name!r}; it has {', '.join(by_name)}."
                )
        return [task for task in tasks if task.__name__ in names]

    def _filter_tasks_by_tags(self) -> None:
        for user_class in self.user_classes:
            filter_tasks_by_tags(
                user_class,
                None if self.tags is None else set(self.tags),
                None if self.exclude_tags is None else set(self.exclude_tags),
            )

    def _remove_user_classes_with_weight_zero(self) -> None:
        """Those with a fixed count stay."""
        if not self.user_classes:
            return
        self.user_classes = [
            user_class
            for user_class in self.user_classes
            if user_class.weight != 0 or user_class.fixed_count > 0
        ]
        if not self.user_classes:
            raise ValueError("There are no users with weight > 0.")

    def _validate_user_class_name_uniqueness(self) -> None:
        counts = Counter(user_class.__name__ for user_class in self.user_classes)
        twice = [c for c in self.user_classes if counts[c.__name__] > 1]
        if twice:
            names = ", ".join(f"{c.__module__}.{c.__name__}" for c in twice)
            raise ValueError(f"The following user classes have the same class name: {names}")

    def _validate_shape_class_instance(self) -> None:
        if self.shape_class is not None and not isinstance(self.shape_class, LoadTestShape):
            raise ValueError(
                "shape_class should be instance of LoadTestShape or subclass LoadTestShape, "
                f"but got: {self.shape_class}"
            )
