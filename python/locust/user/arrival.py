# SPDX-License-Identifier: Apache-2.0
"""An open model: task runs begin at a rate, whatever the others do.

    @arrival(50, max_users=200)
    class Visitor(HttpUser): ...

Classes that are decorated are driven by one greenlet a process. It starts due runs on the user that
has been free the longest, makes users as they are needed, and counts as dropped what finds
none. Runs that start late keep the moment at which they were due (series iteration_lateness).

The processes of a test share one schedule: run n belongs to process n modulo their count.
"""
import math
from collections import deque
from collections.abc import Callable, Iterator
from time import monotonic

from gevent.event import AsyncResult

from locust import _engine
from locust.exception import RescheduleTask, RescheduleTaskImmediately
from locust.user.task import LOCUST_STATE_RUNNING, LOCUST_STATE_WAITING, DefaultTaskSet
from locust.util.timespan import time_scale

SLICE_S = 0.05  # a rate that is a function is asked this often

Rate = float | Callable[[float], float]


class Plan:
    """What @arrival was given."""

    def __init__(self, rate: Rate, max_users: int) -> None:
        self.rate = rate
        self.max_users = max_users


def arrival(rate: Rate, max_users: int = 1000):
    """Runs of the decorated class begin `rate` times a second, over all processes together; a
    function gets the seconds since the start. Its users come in addition to those of -u."""
    if not callable(rate):
        _check_rate(rate)
    if max_users < 1:
        raise ValueError(f"arrival(): max_users is {max_users}; at least one user must be allowed")

    def decorate(user_class):
        user_class.arrival = Plan(rate, max_users)
        return user_class

    return decorate


def _check_rate(rate) -> float:
    if not isinstance(rate, (int, float)) or not 0 <= rate < math.inf:
        raise ValueError(f"arrival(): the rate is {rate!r}; give runs a second, 0 or more")
    return rate


def steps(rate: Rate) -> Iterator[tuple[float, bool]]:
    """(seconds after the start, whether a run is due then), in order. Steps without a run are those
    at which a function is asked again."""
    return _steps_of_function(rate) if callable(rate) else _steps_of_number(rate)


def _steps_of_number(rate: float) -> Iterator[tuple[float, bool]]:
    run = 0
    while rate:
        yield run / rate, True
        run += 1


def _steps_of_function(rate: Callable[[float], float]) -> Iterator[tuple[float, bool]]:
    """Run n is due when the area under the rate reaches n. In each slice of time the rate is what
    it is in its middle: for straight lines that is exact."""
    scale = time_scale()
    area, run, number = 0.0, 0, 0
    while True:
        begin = number * SLICE_S
        height = _check_rate(rate((begin + SLICE_S / 2) / scale))
        end_area = area + height * SLICE_S
        while run < end_area:
            yield begin + (run - area) / height, True
            run += 1
        area = end_area
        number += 1
        yield number * SLICE_S, False


class Arrivals:
    """The runs of one class in this process, share `share` of `shares`. `pool` makes users, by
    spawn(user_class, count), and knows how many there are, by running(name)."""

    def __init__(self, user_class: type, pool, share: int, shares: int) -> None:
        plan = user_class.arrival
        self._user_class = user_class
        self._pool = pool
        self._rate = plan.rate
        # A process without users could only drop its runs.
        self._shares = min(shares, plan.max_users)
        self._share = share
        self._max_users = (plan.max_users + shares - 1 - share) // shares
        self._free: deque[AsyncResult] = deque()
        self._unclaimed: deque[float] = deque()  # due; each has had a user made for it
        user_class._arrivals = self

    def run(self) -> None:
        """Starts runs until the greenlet is killed."""
        if self._share >= self._shares:
            return
        begin, run = monotonic(), 0
        for offset, is_due in steps(self._rate):
            ahead = begin + offset - monotonic()
            if ahead > 0:
                _engine.sleep(ahead)
            if is_due:
                if run % self._shares == self._share:
                    self.start_run(begin + offset)
                run += 1

    def start_run(self, due: float) -> None:
        if self._free:
            self._free.popleft().set(due)
        elif self._may_make_user():
            self._unclaimed.append(due)
            self._pool.spawn(self._user_class, 1)
        else:
            _engine.record_dropped(self._user_class.__name__, 1)

    def _may_make_user(self) -> bool:
        # Users that end in their on_start leave their run to others: that must not pile up.
        users = max(self._pool.running(self._user_class.__name__), len(self._unclaimed))
        return users < self._max_users

    def taskset(self, user) -> "ArrivalTaskSet":
        return ArrivalTaskSet(user, self)

    def claim(self) -> float:
        """Called by a free user: time.monotonic() at which the run was due that it shall do."""
        if self._unclaimed:
            return self._unclaimed.popleft()
        turn: AsyncResult = AsyncResult()
        self._free.append(turn)
        try:
            return turn.get()
        except BaseException:
            self._give_back(turn)
            raise

    def _give_back(self, turn: AsyncResult) -> None:
        """The user was stopped while it was free, or just before it could begin."""
        if turn in self._free:
            self._free.remove(turn)
        elif turn.ready():
            _engine.record_dropped(self._user_class.__name__, 1)

    def end(self) -> None:
        """After run() was killed: what no user has begun is dropped."""
        _engine.record_dropped(self._user_class.__name__, len(self._unclaimed))
        self._unclaimed.clear()
        self._user_class._arrivals = None


class ArrivalTaskSet(DefaultTaskSet):
    """The tasks of a user that waits for its next run instead of a time."""

    def __init__(self, user, arrivals: Arrivals) -> None:
        super().__init__(user)
        self._arrivals = arrivals

    def on_start(self) -> None:
        self._go_on_unless_stopping()
        self.wait()

    def _run_one(self) -> None:
        try:
            self.execute_next_task()
        except (RescheduleTask, RescheduleTaskImmediately):
            pass
        self._go_on_unless_stopping()
        self.wait()

    def wait(self) -> None:
        user = self._user
        user._state = LOCUST_STATE_WAITING
        user._intended = self._arrivals.claim()
        user._state = LOCUST_STATE_RUNNING
