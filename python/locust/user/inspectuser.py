# SPDX-License-Identifier: Apache-2.0
"""How often each task will run, by the weights (--show-task-ratio and the report)."""
from collections import Counter
from json import dumps

from locust.dispatch import UserOrder


def print_task_ratio(user_classes, num_users, total: bool) -> None:
    _print_rows(get_ratio(user_classes, _calc_distribution(user_classes, num_users), total))


def print_task_ratio_json(user_classes, num_users) -> None:
    spawned = _calc_distribution(user_classes, num_users)
    ratios = {
        "per_class": get_ratio(user_classes, spawned, False),
        "total": get_ratio(user_classes, spawned, True),
    }
    print(dumps(ratios, indent=4))


def get_ratio(user_classes, user_spawned: dict, total: bool) -> dict:
    """{class: {"ratio": share of the users, "tasks": {task: {"ratio": ..., "tasks": ...}}}}. A
    task's ratio is its share within its class or TaskSet, or (`total`) of all that is run."""
    users = sum(user_spawned.values()) or 1
    shares = {user_class: user_spawned[user_class.__name__] / users for user_class in user_classes}
    return {
        user_class.__name__: {
            "ratio": share,
            "tasks": _get_task_ratio(user_class.tasks, total, share),
        }
        for user_class, share in shares.items()
    }


def _get_task_ratio(tasks, total: bool, parent_ratio: float) -> dict:
    ratios: dict = {}
    for task, times in Counter(tasks).items():
        share = times / len(tasks)
        ratios[task.__name__] = row = {"ratio": share * parent_ratio if total else share}
        if hasattr(task, "tasks"):
            row["tasks"] = _get_task_ratio(task.tasks, total, row["ratio"])
    return ratios


def _calc_distribution(user_classes, num_users) -> dict:
    """Users of each class when so many are there; by default as many as the fixed counts or,
    without any, the weights come to."""
    spawned = {user_class.__name__: 0 for user_class in user_classes}
    fixed = sum(user_class.fixed_count for user_class in user_classes)
    weights = sum(user_class.weight for user_class in user_classes)
    order = UserOrder(user_classes)
    for _ in range(max(fixed, num_users or 0) or int(weights)):
        name = order.next(spawned)
        if name is None:
            break
        spawned[name] += 1
    return spawned


def _print_rows(rows: dict, level: int = 0) -> None:
    for name, row in rows.items():
        percent = f"{row['ratio'] * 100:.1f}"
        print(f" {'':{2 * level}}{percent:<10} {name:<{max(50 - 2 * level, 0)}}")
        _print_rows(row.get("tasks", {}), level + 1)
