# SPDX-License-Identifier: Apache-2.0
"""Tasks: how classes collect them, and the loop that runs them.

TaskSet.run() is the hot path of every user: pick, run, wait, again. What it raises to its caller is
how nested TaskSets end (InterruptTaskSet becomes a Reschedule... exception of the parent) and how
users do (StopUser, GreenletExit).
"""
import logging
import random
import traceback
from time import monotonic
from typing import final

from gevent import GreenletExit

from locust import _engine
from locust.exception import (
    InterruptTaskSet,
    MissingWaitTimeError,
    RescheduleTask,
    RescheduleTaskImmediately,
    StopTest,
    StopUser,
)

LOCUST_STATE_RUNNING = "running"
LOCUST_STATE_WAITING = "waiting"
LOCUST_STATE_STOPPING = "stopping"

logger = logging.getLogger(__name__)


def task(weight=1):
    """Makes a method, function or nested TaskSet a task; `@task(3)` is picked three times as often
    as `@task`."""

    def decorate(func):
        if func.__name__ == "run":
            raise Exception(
                "User.run() is a method used internally by Locust, and you must not override it "
                "or register it as a task"
            )
        func.locust_task_weight = weight
        return func

    if callable(weight):
        func, weight = weight, 1
        return decorate(func)
    return decorate


def tag(*tags: str):
    """Names by which -T and -E choose tasks; on a TaskSet they go to each of its tasks."""
    if not tags or callable(tags[0]):
        raise ValueError("No tag name was supplied")

    def decorate(decorated):
        if hasattr(decorated, "tasks"):
            decorated.tasks = [decorate(member) for member in decorated.tasks]
        else:
            decorated.locust_tag_set = getattr(decorated, "locust_tag_set", set()) | set(tags)
        return decorated

    return decorate


def weighted(tasks) -> list:
    """The `tasks` attribute, {task: weight} or a list of tasks and (task, weight), as a flat list
    that has each task as often as it weighs."""
    if not tasks:
        return []
    flat = []
    for item in tasks.items() if isinstance(tasks, dict) else tasks:
        if isinstance(item, tuple):
            flat.extend([item[0]] * item[1])
        else:
            flat.append(item)
    return flat


def is_task(member) -> bool:
    # dir() and not hasattr(): an object that answers to any name is no task.
    return "locust_task_weight" in dir(member)


def inherited_tasks(bases) -> list:
    return [member for base in bases for member in getattr(base, "tasks", None) or ()]


def get_tasks_from_base_classes(bases, class_dict: dict) -> list:
    """Tasks of a class: those of its bases, of its attribute `tasks`, of its decorated members."""
    decorated = []
    for member in class_dict.values():
        if is_task(member):
            decorated.extend([member] * member.locust_task_weight)
    return inherited_tasks(bases) + weighted(class_dict.get("tasks")) + decorated


def filter_tasks_by_tags(task_holder, tags=None, exclude_tags=None, checked=None) -> None:
    """Leaves a user class or TaskSet the tasks with at least one of `tags` and none of
    `exclude_tags` (sets; None: not asked for). Nested TaskSets stay while they have tasks."""
    checked = {} if checked is None else checked
    kept = []
    for member in task_holder.tasks:
        if member not in checked:
            checked[member] = _passes(member, tags, exclude_tags, checked)
        if checked[member]:
            kept.append(member)
    task_holder.tasks = kept
    if not kept:
        logging.warning(
            "%s had no tasks left after filtering, instantiating it will fail!",
            task_holder.__name__,
        )


def _passes(member, tags, exclude_tags, checked) -> bool:
    if getattr(member, "is_chain", False):
        return True  # tags are not for the steps of a MarkovTaskSet
    if hasattr(member, "tasks"):
        checked[member] = True  # a TaskSet that lists itself
        filter_tasks_by_tags(member, tags, exclude_tags, checked)
        return bool(member.tasks)
    own = getattr(member, "locust_tag_set", set())
    return (tags is None or bool(own & tags)) and not (exclude_tags and own & exclude_tags)


class TaskSetMeta(type):
    def __new__(mcs, classname, bases, class_dict):
        class_dict["tasks"] = get_tasks_from_base_classes(bases, class_dict)
        return super().__new__(mcs, classname, bases, class_dict)


class TaskSet(metaclass=TaskSetMeta):
    """Tasks that belong together. Nested in a user or in another TaskSet it runs, as a task, until
    it is interrupted."""

    tasks: list = []
    # Milliseconds, for users whose wait_time is None; the user's are taken when these are None.
    min_wait: float | None = None
    max_wait: float | None = None
    wait_function = None

    def __init__(self, parent) -> None:
        """`parent`: the user, or the TaskSet that this one is a task of."""
        self._task_queue: list = []  # a deque costs 0.7 kB a user
        self._parent = parent
        self._user = parent._user if isinstance(parent, TaskSet) else parent
        if self.min_wait is None:
            self.min_wait = self._user.min_wait
        if self.max_wait is None:
            self.max_wait = self._user.max_wait
        self._cp_last_run = monotonic()
        self._cp_last_wait_time = 0

    @property
    def user(self):
        return self._user

    @property
    def parent(self):
        return self._parent

    @property
    def client(self):
        return self._user.client

    def on_start(self) -> None:
        """Before the first task; interrupt() is allowed."""

    def on_stop(self) -> None:
        """When it is interrupted and when the user stops."""

    @final
    def run(self) -> None:
        try:
            self.on_start()
        except InterruptTaskSet as interrupt:
            raise _reschedule(interrupt) from interrupt
        while True:
            try:
                if not self._task_queue:
                    self.schedule_task(self.get_next_task())
                self._go_on_unless_stopping()
                self._run_one()
            except InterruptTaskSet as interrupt:
                self._stopped()
                raise _reschedule(interrupt) from interrupt
            except (StopUser, StopTest, GreenletExit):
                self._stopped()
                raise
            except Exception as error:
                self._failed(error)

    def _run_one(self) -> None:
        try:
            self.execute_next_task()
        except RescheduleTaskImmediately:
            self._go_on_unless_stopping()
            return
        except RescheduleTask:
            pass
        self._go_on_unless_stopping()
        self.wait()

    def _go_on_unless_stopping(self) -> None:
        if self._user._state == LOCUST_STATE_STOPPING:
            raise StopUser()

    def _failed(self, error: Exception) -> None:
        """A task raised: told, counted, and after a wait the next one comes. What the wait raises
        ends the user; like in Locust its TaskSet is not asked to stop then."""
        environment = self._user.environment
        environment.events.user_error.fire(
            user_instance=self, exception=error, tb=error.__traceback__
        )
        if not environment.catch_exceptions:
            raise error
        logger.error("%s\n%s", error, traceback.format_exc())
        if self._user._state != LOCUST_STATE_STOPPING:
            self.wait()

    def _stopped(self) -> None:
        try:
            self.on_stop()
        except Exception:
            logging.error("Uncaught exception in on_stop: \n%s", traceback.format_exc())

    def execute_next_task(self) -> None:
        self.execute_task(self._task_queue.pop(0))

    def execute_task(self, task) -> None:
        if isinstance(task, type) and issubclass(task, TaskSet):
            task(self).run()
        elif getattr(task, "__self__", None) is self:
            self._timed(task)
        else:
            self._timed(task, self)

    def _timed(self, task, *owner) -> None:
        """Runs a task that is no TaskSet; one that is cut by the end of the test is none."""
        user = self._user
        start = monotonic()
        try:
            task(*owner)
        except GreenletExit:
            start = None
            raise
        finally:
            if start is not None:
                intended = user._intended
                _engine.record_iteration(user._class_name, start, monotonic(), intended)
                if intended >= 0:
                    user._intended = -1.0  # of a TaskSet's tasks, the first was due

    def schedule_task(self, task_callable, first: bool = False) -> None:
        """Puts a task at the end, or the head, of what is run before the next is picked."""
        if first:
            self._task_queue.insert(0, task_callable)
        else:
            self._task_queue.append(task_callable)

    def get_next_task(self):
        if not self.tasks:
            raise Exception(
                f"No tasks defined on {self.__class__.__name__}. use the @task decorator or set "
                "the 'tasks' attribute of the TaskSet"
            )
        return random.choice(self.tasks)

    def wait_time(self) -> float:
        """Seconds to wait between two tasks; the user's, unless the TaskSet has its own."""
        if self._user.wait_time:
            return self._user.wait_time()
        if self.min_wait is not None and self.max_wait is not None:
            return random.randint(self.min_wait, self.max_wait) / 1000.0
        raise MissingWaitTimeError(
            f"You must define a wait_time method on either the {type(self._user).__name__} or "
            f"{type(self).__name__} class"
        )

    def wait(self) -> None:
        user = self._user
        user._state = LOCUST_STATE_WAITING
        self._sleep(self.wait_time())
        user._state = LOCUST_STATE_RUNNING

    def _sleep(self, seconds: float) -> None:
        _engine.sleep(seconds)

    def interrupt(self, reschedule: bool = True) -> None:
        """Back to the parent, which picks its next task at once, or waits first if not
        `reschedule`."""
        raise InterruptTaskSet(reschedule)


def _reschedule(interrupt: InterruptTaskSet) -> Exception:
    kind = RescheduleTaskImmediately if interrupt.reschedule else RescheduleTask
    return kind(interrupt.reschedule)


class DefaultTaskSet(TaskSet):
    """The tasks of the user class itself: they get the user where others get a TaskSet."""

    def get_next_task(self):
        if not self._user.tasks:
            raise Exception(
                f"No tasks defined on {self._user.__class__.__name__}. Use the @task decorator or "
                "set the 'tasks' attribute of the User (or mark it as abstract = True if you only "
                "intend to subclass it)"
            )
        return random.choice(self._user.tasks)

    def execute_task(self, task) -> None:
        if isinstance(task, type) and issubclass(task, TaskSet):
            task(self._user).run()
        else:
            self._timed(task, self._user)
