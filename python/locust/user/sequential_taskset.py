# SPDX-License-Identifier: Apache-2.0
"""A TaskSet whose tasks come in the order in which they are written, over and over."""
from itertools import cycle

from locust.exception import LocustError
from locust.user.task import TaskSet, TaskSetMeta, inherited_tasks, is_task, weighted


class SequentialTaskSetMeta(TaskSetMeta):
    def __new__(mcs, classname, bases, class_dict):
        tasks = inherited_tasks(bases)
        for name, member in class_dict.items():
            if name == "tasks":
                tasks += weighted(member)
            elif is_task(member):
                tasks += [member] * member.locust_task_weight
        class_dict["tasks"] = tasks
        return type.__new__(mcs, classname, bases, class_dict)


class SequentialTaskSet(TaskSet, metaclass=SequentialTaskSetMeta):
    """Never ends by itself: its last task calls interrupt()."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self._task_cycle = cycle(self.tasks)

    def get_next_task(self):
        if not self.tasks:
            raise LocustError(
                "No tasks defined. Use the @task decorator or set the 'tasks' attribute of the "
                "SequentialTaskSet"
            )
        return next(self._task_cycle)
