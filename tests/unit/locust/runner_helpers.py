# SPDX-License-Identifier: Apache-2.0
"""Environments with a log of their events, for tests of runners."""
import os

import gevent

from locust import User, constant
from locust.env import Environment

TIME_SCALE = "KENEYPERF_TIME_SCALE"
TOLD = ("test_start", "spawning_complete", "test_stopping", "test_stop")


class Idle(User):
    """Waits for ever after its first task."""

    abstract = True
    wait_time = constant(3600)


def user_class(name, task=lambda user: None, **attributes):
    return type(name, (Idle,), {"tasks": [task], **attributes})


def environment(*user_classes, **attributes):
    """`env.told` gets (event, state of the runner, users) of what TOLD names."""
    env = Environment(user_classes=list(user_classes), **attributes)
    env.told = []

    def listen(name):
        def note(**_):
            env.told.append((name, env.runner.state, env.runner.user_count))

        getattr(env.events, name).add_listener(note)

    for name in TOLD:
        listen(name)
    return env


def until(condition, limit_s=20):
    """Lets others run until it holds."""
    with gevent.Timeout(limit_s):
        while not condition():
            gevent.sleep(0.002)


def fast():
    """Ramps of this process take a thousandth of their time."""
    os.environ[TIME_SCALE] = "0.001"
