# SPDX-License-Identifier: Apache-2.0
"""Which users run on which worker, batch by batch.

Plain data: nothing here sleeps or starts anything. A runner asks for a new target and walks through
the states that lead there, one each `interval` seconds, the first at once.
"""
import math
from collections.abc import Iterable, Iterator

UsersOnWorkers = dict[str, dict[str, int]]


class WeightedOrder:
    """Endless order of names in proportion to their weights.

    Next is the name that brings the shares closest to the weights, as the Kullback-Leibler
    divergence measures it when every count starts at its weight instead of zero: 5:1 gives
    AABAAA AABAAA. Names that are equally good come in the order given.
    """

    def __init__(self, weights: list[tuple[str, float]]):
        self._names = [name for name, _ in weights]
        self._weights = [weight for _, weight in weights]
        self._counts = list(self._weights)
        self._gains = [self._gain(place) for place in range(len(weights))]

    def _gain(self, place: int) -> float:
        return self._weights[place] * math.log1p(1 / self._counts[place])

    def next(self) -> str | None:
        """None when there are no names."""
        if not self._names:
            return None
        place = self._gains.index(max(self._gains))
        self._counts[place] += 1
        self._gains[place] = self._gain(place)
        return self._names[place]


class UserOrder:
    """Order in which classes get their next user: those with a fixed count until they have it, then
    the others by weight."""

    def __init__(self, user_classes: Iterable[type]):
        ordered = sorted(user_classes, key=lambda user_class: user_class.__name__)
        self._fixed = {c.__name__: c.fixed_count for c in ordered if c.fixed_count}
        self._fixed_order = WeightedOrder(list(self._fixed.items()))
        self._weighted_order = WeightedOrder(
            [(c.__name__, c.weight) for c in ordered if not c.fixed_count]
        )

    def next(self, running: dict[str, int]) -> str | None:
        """Class of the next user, given how many of each run; None when nobody is left."""
        if any(running[name] < count for name, count in self._fixed.items()):
            while True:
                name = self._fixed_order.next()
                if running[name] < self._fixed[name]:
                    return name
        return self._weighted_order.next()


class UsersDispatcher:
    """Iterator over states {worker id: {class name: users}} on the way to the newest target.

    `worker_nodes` (objects with an `id`) get users in turn, in the order given.
    """

    def __init__(self, worker_nodes: list, user_classes: list[type]):
        if not user_classes:
            raise ValueError("There are no user classes to start users of.")
        self._workers = list(worker_nodes)
        self._classes = sorted(user_classes, key=lambda user_class: user_class.__name__)
        self._chosen = self._classes
        self._target = 0
        self._batch = 1
        self.interval = 1.0  # seconds between batches, at the spawn rate as it was written
        self._steps: Iterator[UsersOnWorkers] = iter(())
        self._in_progress = False
        self._rebalance = False
        self._begin()

    def _begin(self) -> None:
        self._order = UserOrder(self._chosen)
        self._next_worker = 0
        self._spawned: list[tuple[str, str]] = []  # (worker id, class), newest last
        self._running = {c.__name__: 0 for c in self._classes}
        self._users: UsersOnWorkers = {
            worker.id: dict.fromkeys(self._running, 0) for worker in self._workers
        }

    def get_current_user_count(self) -> int:
        return len(self._spawned)

    @property
    def dispatch_in_progress(self) -> bool:
        return self._in_progress

    def new_dispatch(
        self,
        target_user_count: int,
        spawn_rate: float,
        user_classes: list[type] | None = None,
    ) -> None:
        """`user_classes`: new users are of these, until it is given again (None: as before)."""
        if spawn_rate <= 0:
            raise ValueError(f"spawn_rate must be > 0, got {spawn_rate}")
        if user_classes is not None and set(user_classes) != set(self._chosen):
            self._chosen = sorted(user_classes, key=lambda user_class: user_class.__name__)
            self._order = UserOrder(self._chosen)
        self._target = target_user_count
        self._batch = max(1, math.floor(spawn_rate))
        self.interval = self._batch / spawn_rate
        self._in_progress = True
        self._steps = self._walk()

    def add_worker(self, worker_node) -> None:
        """Users are shared out anew; the next dispatch begins with that."""
        self._workers.append(worker_node)
        self._share_out_anew()

    def remove_worker(self, worker_node) -> None:
        """As add_worker(): those of the lost worker go to the others."""
        self._workers = [worker for worker in self._workers if worker.id != worker_node.id]
        self._share_out_anew()

    def __iter__(self) -> Iterator[UsersOnWorkers]:
        return self

    def __next__(self) -> UsersOnWorkers:
        return next(self._steps)

    def _walk(self) -> Iterator[UsersOnWorkers]:
        if self._rebalance:
            self._rebalance = False
            self._in_progress = len(self._spawned) != self._target
            yield self._state()
            if not self._in_progress:
                return
        while True:
            self._step()
            yield self._state()
            if not self._in_progress:
                return

    def _step(self) -> None:
        """One batch up or down."""
        missing = self._target - len(self._spawned)
        for _ in range(min(self._batch, abs(missing))):
            if missing < 0:
                self._remove_one()
            elif not self._add_one():
                self._in_progress = False
                return
        self._in_progress = len(self._spawned) != self._target

    def _add_one(self) -> bool:
        name = self._order.next(self._running) if self._workers else None
        if name is None:
            return False
        worker = self._workers[self._next_worker % len(self._workers)]
        self._next_worker += 1
        self._users[worker.id][name] += 1
        self._running[name] += 1
        self._spawned.append((worker.id, name))
        return True

    def _remove_one(self) -> None:
        worker_id, name = self._spawned.pop()
        self._users[worker_id][name] -= 1
        self._running[name] -= 1

    def _share_out_anew(self) -> None:
        count = len(self._spawned)
        self._rebalance = True
        self._begin()
        for _ in range(count):
            if not self._add_one():
                return

    def _state(self) -> UsersOnWorkers:
        return {worker_id: dict(users) for worker_id, users in self._users.items()}
