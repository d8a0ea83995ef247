# SPDX-License-Identifier: Apache-2.0
"""Order, batches and places of users; expected values were taken from running Locust 2.47."""
import unittest
from types import SimpleNamespace

from locust.dispatch import UsersDispatcher, WeightedOrder


def classes(*described):
    """(name, weight[, fixed_count]) each."""
    return [
        type(name, (), {"weight": weight, "fixed_count": rest[0] if rest else 0})
        for name, weight, *rest in described
    ]


def dispatcher(workers, *described):
    nodes = [SimpleNamespace(id=str(number + 1)) for number in range(workers)]
    return UsersDispatcher(nodes, classes(*described)), nodes


def walk(dispatcher, users, rate, user_classes=None):
    dispatcher.new_dispatch(users, rate, user_classes)
    return list(dispatcher)


def added(states, worker="1"):
    """Names in the order in which a single worker got them, one a state."""
    names, before = "", {}
    for state in states:
        for name, count in state[worker].items():
            names += name * (count - before.get(name, 0))
        before = state[worker]
    return names


class OrderTest(unittest.TestCase):
    CASES = [
        ([("A", 5), ("B", 1)], "AABAAAAABAAAA"),
        ([("A", 3), ("B", 2), ("C", 1)], "ABCABAABCABAA"),
        ([("C", 1), ("B", 1), ("A", 1)], "ABCABCA"),
        ([("A", 0.5), ("B", 1.5)], "BABBBABBB"),
        ([("A", 0.2), ("B", 0.3)], "BABABBABABB"),
        ([("A", 7), ("B", 3), ("C", 2), ("D", 1)], "ABACADBAACABAABACADBAACABAABAC"),
        ([("Z", 1), ("B", 2.5), ("M", 3.7)], "MBMZBMMBMBZMMBMBMZMB"),
        ([("A", 1), ("B", 1, 2)], "BBAAAA"),
        ([("A", 1, 5), ("B", 1, 1)], "AABAAA"),
        ([("A", 1, 3), ("B", 5, 2), ("C", 2)], "ABABACCCCCCC"),
    ]

    def test_order(self):
        for described, names in self.CASES:
            with self.subTest(described):
                subject, _ = dispatcher(1, *described)
                self.assertEqual(added(walk(subject, len(names), 1)), names)

    def test_rare_class(self):
        order = WeightedOrder([("A", 1000), ("B", 1)])
        names = [order.next() for _ in range(4500)]
        self.assertEqual(
            [place for place, name in enumerate(names) if name == "B"], [443, 1467, 2478, 3484, 4489]
        )

    def test_only_fixed_users_end_early(self):
        subject, _ = dispatcher(1, ("A", 1, 3), ("B", 1, 2))
        self.assertEqual(walk(subject, 8, 10)[-1], {"1": {"A": 3, "B": 2}})
        self.assertFalse(subject.dispatch_in_progress)


class BatchTest(unittest.TestCase):
    def test_batches_and_intervals(self):
        for rate, batch, interval in [(1, 1, 1), (0.4, 1, 2.5), (1.7, 1, 1 / 1.7), (2.5, 2, 0.8)]:
            with self.subTest(rate=rate):
                subject, _ = dispatcher(1, ("A", 1))
                states = walk(subject, 4, rate)
                self.assertEqual([s["1"]["A"] for s in states], list(range(batch, 5, batch)))
                self.assertAlmostEqual(subject.interval, interval)

    def test_newest_leave_first_and_order_goes_on(self):
        subject, _ = dispatcher(2, ("A", 3), ("C", 1))
        walk(subject, 5, 1)
        self.assertEqual(walk(subject, 0, 5), [{"1": {"A": 0, "C": 0}, "2": {"A": 0, "C": 0}}])
        self.assertEqual(
            walk(subject, 3, 1),
            [
                {"1": {"A": 0, "C": 0}, "2": {"A": 0, "C": 1}},
                {"1": {"A": 1, "C": 0}, "2": {"A": 0, "C": 1}},
                {"1": {"A": 1, "C": 0}, "2": {"A": 1, "C": 1}},
            ],
        )

    def test_fixed_users_come_back_first(self):
        subject, _ = dispatcher(1, ("A", 3), ("B", 1, 2), ("C", 1))
        walk(subject, 9, 1)
        walk(subject, 1, 3)
        states = [{"1": {"A": 0, "B": 1, "C": 0}}, *walk(subject, 9, 1)]
        self.assertEqual(added(states), "B" + "BAACAAAC")

    def test_target_that_is_reached_is_told_once(self):
        subject, _ = dispatcher(1, ("A", 1))
        self.assertEqual(walk(subject, 3, 3), [{"1": {"A": 3}}])
        self.assertEqual(walk(subject, 3, 3), [{"1": {"A": 3}}])
        self.assertEqual(walk(subject, 0, 3), [{"1": {"A": 0}}])

    def test_rate_must_be_above_zero(self):
        subject, _ = dispatcher(1, ("A", 1))
        with self.assertRaisesRegex(ValueError, "spawn_rate must be > 0, got 0"):
            subject.new_dispatch(1, 0)


class ClassesOfAShapeTest(unittest.TestCase):
    def test_chosen_classes_stay_chosen(self):
        subject, _ = dispatcher(2, ("A", 1), ("B", 1), ("C", 1))
        a, b, c = subject._classes
        walk(subject, 4, 9)
        self.assertEqual(
            walk(subject, 8, 9, [c]),
            [{"1": {"A": 1, "B": 0, "C": 3}, "2": {"A": 1, "B": 1, "C": 2}}],
        )
        self.assertEqual(
            walk(subject, 12, 9, [a, c]),
            [{"1": {"A": 3, "B": 0, "C": 3}, "2": {"A": 1, "B": 1, "C": 4}}],
        )
        walk(subject, 3, 9, [b])
        self.assertEqual(
            walk(subject, 6, 9), [{"1": {"A": 1, "B": 2, "C": 1}, "2": {"A": 0, "B": 2, "C": 0}}]
        )


class WorkersTest(unittest.TestCase):
    def test_in_turn(self):
        subject, _ = dispatcher(3, ("A", 2), ("B", 1))
        self.assertEqual(
            walk(subject, 8, 3)[-1],
            {"1": {"A": 3, "B": 0}, "2": {"A": 0, "B": 3}, "3": {"A": 2, "B": 0}},
        )

    def test_one_more_worker(self):
        subject, _ = dispatcher(2, ("A", 2), ("B", 1))
        walk(subject, 6, 6)
        subject.add_worker(SimpleNamespace(id="3"))
        self.assertEqual(
            walk(subject, 9, 9),
            [
                {"1": {"A": 2, "B": 0}, "2": {"A": 0, "B": 2}, "3": {"A": 2, "B": 0}},
                {"1": {"A": 3, "B": 0}, "2": {"A": 0, "B": 3}, "3": {"A": 3, "B": 0}},
            ],
        )

    def test_one_worker_less(self):
        subject, nodes = dispatcher(3, ("A", 2), ("B", 1))
        walk(subject, 9, 9)
        subject.remove_worker(nodes[0])
        states = walk(subject, 9, 9)
        self.assertEqual(states, [{"2": {"A": 4, "B": 1}, "3": {"A": 2, "B": 2}}])
        self.assertFalse(subject.dispatch_in_progress)

    def test_no_worker_left(self):
        subject, nodes = dispatcher(1, ("A", 1))
        walk(subject, 2, 2)
        subject.remove_worker(nodes[0])
        self.assertEqual(walk(subject, 3, 1), [{}, {}])


if __name__ == "__main__":
    unittest.main()
