# SPDX-License-Identifier: Apache-2.0
"""What locustfiles import. Locust's own interface, on KeneyPerf's engine.

The standard library is patched first, so that a locustfile may call what blocks (time.sleep,
socket, threading, subprocess) and other users go on.
"""
import os
import sys

try:
    from gevent import monkey
except ImportError as error:
    if sys.prefix == "/usr":
        remedy = "`apt install python3-gevent`"
    else:  # what apt installs is for the system's Python
        remedy = (
            f"`{sys.executable} -m pip install gevent`, or use the system's Python:"
            " `apt install python3-gevent` and KENEYPERF_PYTHON=/usr/bin/python3"
        )
    sentence = (
        f"Locust files need the Python package gevent, and {sys.executable} has none ({error}):"
        f" install it with {remedy}."
    )
    if os.path.basename(sys.argv[0]) in ("-m", "launch.py", "locust"):
        sys.exit(sentence)
    raise ImportError(sentence) from error

if not os.getenv("LOCUST_SKIP_MONKEY_PATCH"):
    monkey.patch_all()

from locust.event import Events

# The Locust whose files this package reads.
__version__ = "2.47.0"
events = Events()

from locust._renamed import HttpLocust, Locust
from locust.user.arrival import arrival
from locust.contrib.fasthttp import FastHttpUser
from locust.debug import run_single_user
from locust.shape import LoadTestShape
from locust.user import wait_time
from locust.user.markov_taskset import MarkovTaskSet, transition, transitions
from locust.user.sequential_taskset import SequentialTaskSet
from locust.user.task import TaskSet, tag, task
from locust.user.users import HttpUser, User
from locust.user.wait_time import between, constant, constant_pacing, constant_throughput, poisson

__all__ = [
    "FastHttpUser",
    "HttpLocust",
    "HttpUser",
    "LoadTestShape",
    "Locust",
    "MarkovTaskSet",
    "SequentialTaskSet",
    "TaskSet",
    "User",
    "__version__",
    "arrival",
    "between",
    "constant",
    "constant_pacing",
    "constant_throughput",
    "events",
    "poisson",
    "run_single_user",
    "tag",
    "task",
    "transition",
    "transitions",
    "wait_time",
]
