# SPDX-License-Identifier: Apache-2.0
import unittest

from support import Environment

from locust import MarkovTaskSet, User, tag, transition, transitions
from locust.user.markov_taskset import (
    InvalidTransitionError,
    MarkovTaskTagError,
    NoMarkovTasksError,
    NonMarkovTaskTransitionError,
)


def body(self):
    pass


def make(**members):
    # A fresh function each: the decorators leave their marks on it.
    return type(MarkovTaskSet)("Chain", (MarkovTaskSet,), members)


def step(*targets):
    return transitions(list(targets))(lambda self: None)


class MarkovTest(unittest.TestCase):
    def test_weights(self):
        marked = transition("b")(transition("a", 2)(lambda self: None))
        self.assertEqual(sorted(marked.transitions), ["a", "a", "b"])
        self.assertEqual(step("a", ("b", 2)).transitions, ["a", "b", "b"])
        self.assertEqual(transitions({"c": 3})(lambda self: None).transitions, ["c", "c", "c"])

    def test_chain_starts_with_the_first_and_follows(self):
        chain = make(a=step("b"), b=step("c"), c=step("a"))
        taskset = chain(User(Environment()))
        walk = [taskset.get_next_task() for _ in range(4)]
        self.assertEqual(walk, [taskset.a, taskset.b, taskset.c, taskset.a])
        self.assertIsNot(chain(User(Environment())).get_next_task().__self__, taskset)

    def test_chains_that_cannot_be(self):
        for error, members in (
            (NoMarkovTasksError, {}),
            (InvalidTransitionError, {"a": step("gone")}),
            (NonMarkovTaskTransitionError, {"a": step("b"), "b": body}),
            (MarkovTaskTagError, {"a": tag("t")(step("a"))}),
        ):
            with self.subTest(error.__name__), self.assertRaises(error):
                make(**members)

    def test_unreachable_is_warned_of(self):
        with self.assertLogs(level="WARNING") as lines:
            make(a=step("a"), b=step("a"))
        self.assertIn("unreachable in class Chain: {'b'}", lines.output[0])

    def test_abstract_needs_no_tasks(self):
        self.assertTrue(make(abstract=True).abstract)


if __name__ == "__main__":
    unittest.main()
