# SPDX-License-Identifier: Apache-2.0
import io
import unittest
from contextlib import redirect_stdout

from locust import TaskSet, User, task
from locust.user.inspectuser import get_ratio, print_task_ratio


class Inner(TaskSet):
    @task
    def rare(self):
        pass

    @task(3)
    def often(self):
        pass


class Nested(User):
    tasks = {Inner: 2}

    @task(2)
    def plain(self):
        pass


class Fixed(User):
    fixed_count = 1

    @task
    def only(self):
        pass


CLASSES = [Nested, Fixed]


class RatioTest(unittest.TestCase):
    def test_within_the_class_and_in_total(self):
        spawned = {"Nested": 3, "Fixed": 1}
        inner = {"rare": {"ratio": 0.25}, "often": {"ratio": 0.75}}
        self.assertEqual(
            get_ratio(CLASSES, spawned, False)["Nested"],
            {
                "ratio": 0.75,
                "tasks": {"Inner": {"ratio": 0.5, "tasks": inner}, "plain": {"ratio": 0.5}},
            },
        )
        total = get_ratio(CLASSES, spawned, True)
        self.assertEqual(total["Nested"]["tasks"]["Inner"]["tasks"]["often"]["ratio"], 0.28125)
        self.assertEqual(total["Fixed"]["tasks"], {"only": {"ratio": 0.25}})

    def test_nobody(self):
        self.assertEqual(get_ratio(CLASSES, {"Nested": 0, "Fixed": 0}, True)["Nested"]["ratio"], 0)

    def test_print(self):
        with redirect_stdout(io.StringIO()) as out:
            print_task_ratio(CLASSES, 4, False)
        self.assertEqual(
            out.getvalue().splitlines(),
            [
                " 75.0       " + "Nested".ljust(50),
                "   50.0       " + "Inner".ljust(48),
                "     25.0       " + "rare".ljust(46),
                "     75.0       " + "often".ljust(46),
                "   50.0       " + "plain".ljust(48),
                " 25.0       " + "Fixed".ljust(50),
                "   100.0      " + "only".ljust(48),
            ],
        )


if __name__ == "__main__":
    unittest.main()
