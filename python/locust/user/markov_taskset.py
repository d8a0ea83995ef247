# SPDX-License-Identifier: Apache-2.0
"""A TaskSet in which each task says by weights which one comes next."""
import logging
import random

from locust.exception import LocustError
from locust.user.task import TaskSet, TaskSetMeta


class NoMarkovTasksError(LocustError):
    pass


class InvalidTransitionError(LocustError):
    pass


class NonMarkovTaskTransitionError(LocustError):
    pass


class MarkovTaskTagError(LocustError):
    pass


def transition(func_name: str, weight: int = 1):
    """After the decorated task `func_name` comes with this weight."""
    return transitions({func_name: weight})


def transitions(weights):
    """Several at once: {name: weight}, or a list of names and (name, weight)."""
    pairs = weights.items() if isinstance(weights, dict) else weights
    names = []
    for pair in pairs:
        name, weight = pair if isinstance(pair, tuple) else (pair, 1)
        names += [name] * weight

    def decorate(func):
        func.transitions = names + getattr(func, "transitions", [])
        return func

    return decorate


class MarkovTaskSetMeta(TaskSetMeta):
    def __new__(mcs, classname, bases, class_dict):
        class_dict.setdefault("abstract", False)
        if not class_dict["abstract"]:
            chain = {n: m for n, m in class_dict.items() if "transitions" in dir(m)}
            _check(chain, class_dict, classname)
            class_dict["current"] = next(iter(chain.values()))
        return super().__new__(mcs, classname, bases, class_dict)


def _check(chain: dict, class_dict: dict, classname: str) -> None:
    if not chain:
        raise NoMarkovTasksError(
            f"No Markov tasks defined in class {classname}. Use the @transition(s) decorators to "
            "define some."
        )
    for name, member in chain.items():
        for target in member.transitions:
            _check_target(name, target, chain, class_dict, classname)
        if hasattr(member, "locust_tag_set"):
            raise MarkovTaskTagError(
                "Tags are unsupported for MarkovTaskSet since they can make the markov chain "
                f"invalid. Tags detected on {classname}.{name}: {member.locust_tag_set}"
            )
    unreachable = set(chain) - _reachable(chain)
    if unreachable:
        logging.warning(
            "The following markov tasks are unreachable in class %s: %s", classname, unreachable
        )


def _check_target(name: str, target: str, chain: dict, class_dict: dict, classname: str) -> None:
    if target not in class_dict:
        raise InvalidTransitionError(
            f"Transition to {target} from {name} is invalid since no such element exists on class "
            f"{classname}"
        )
    if target not in chain:
        raise NonMarkovTaskTransitionError(
            f"{classname}.{target} cannot be used as a target for a transition since it does not "
            f"define any transitions of its own. Used as a transition from {name}."
        )


def _reachable(chain: dict) -> set:
    """From the first task."""
    seen: set = set()
    ahead = [next(iter(chain))]
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            ahead += chain[name].transitions
    return seen


class MarkovTaskSet(TaskSet, metaclass=MarkovTaskSetMeta):
    """Starts with the task that is written first."""

    abstract = True
    is_chain = True

    def get_next_task(self):
        task = self.current
        self.current = getattr(self, random.choice(task.transitions))
        return task
