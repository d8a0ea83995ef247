# SPDX-License-Identifier: Apache-2.0
"""How classes collect their tasks, and which of them tags leave."""
import unittest
from unittest import mock

from locust import HttpLocust, SequentialTaskSet, TaskSet, User, tag, task
from locust.user.task import filter_tasks_by_tags


def one(user):
    pass


def two(user):
    pass


def names(holder):
    return [member.__name__ for member in holder.tasks]


class CollectTest(unittest.TestCase):
    def test_bases_then_attribute_then_decorated(self):
        class Base(TaskSet):
            @task
            def first(self):
                pass

        class Derived(Base):
            @task(2)
            def third(self):
                pass

            tasks = {one: 2}

        self.assertEqual(names(Derived), ["first", "one", "one", "third", "third"])

    def test_forms_of_the_attribute(self):
        for tasks, expected in (
            ([one, two], ["one", "two"]),
            ((one, two), ["one", "two"]),
            ({one: 1, two: 2}, ["one", "two", "two"]),
            ([(one, 2), two], ["one", "one", "two"]),
            (None, []),
        ):
            made = type("Made", (User,), {"tasks": tasks})
            self.assertEqual(names(made), expected)

    def test_overridden_task_stays_with_its_base(self):
        class Base(TaskSet):
            @task
            def x(self):
                pass

        class Derived(Base):
            @task
            def x(self):
                pass

        self.assertEqual(Derived.tasks, [Base.x, Derived.x])

    def test_nested_class_and_member_that_answers_to_any_name(self):
        class Outer(User):
            anything = mock.MagicMock()

            @task(2)
            class Inner(TaskSet):
                pass

        self.assertEqual(names(Outer), ["Inner", "Inner"])

    def test_sequence_is_as_written(self):
        class Sequence(SequentialTaskSet):
            @task
            def first(self):
                pass

            tasks = [one]

            @task(2)
            def last(self):
                pass

        self.assertEqual(names(Sequence), ["first", "one", "last", "last"])

    def test_run_is_no_name_for_a_task(self):
        def run(self):
            pass

        for decorate in (task, task(2)):
            with self.assertRaisesRegex(Exception, "must not override it"):
                decorate(run)

    def test_abstract_is_not_inherited(self):
        class Shared(User):
            abstract = True

        class Concrete(Shared):
            pass

        self.assertEqual((User.abstract, Shared.abstract, Concrete.abstract), (True, True, False))

    def test_names_of_old(self):
        with self.assertRaisesRegex(ImportError, "HttpLocust class has been renamed to HttpUser"):
            type("Old", (HttpLocust,), {})


class TagTest(unittest.TestCase):
    def classes(self):
        class Inner(TaskSet):
            @tag("t1")
            @task
            def i1(self):
                pass

            @tag("t2", "t1")
            @task(2)
            def i2(self):
                pass

        class Outer(User):
            tasks = {Inner: 2}

            @tag("t1")
            @task
            def u1(self):
                pass

            @tag("t3")
            @task
            def u3(self):
                pass

            @task
            def bare(self):
                pass

        return Outer, Inner

    def test_filter(self):
        for tags, excluded, outer, inner in (
            (None, None, ["Inner", "Inner", "u1", "u3", "bare"], ["i1", "i2", "i2"]),
            ({"t1"}, None, ["Inner", "Inner", "u1"], ["i1", "i2", "i2"]),
            ({"t2"}, None, ["Inner", "Inner"], ["i2", "i2"]),
            ({"t1"}, {"t2"}, ["Inner", "Inner", "u1"], ["i1"]),
            ({"t3"}, None, ["u3"], []),
            (None, {"t1"}, ["u3", "bare"], []),
            (set(), None, [], []),
        ):
            with self.subTest(tags=tags, excluded=excluded):
                user_class, taskset = self.classes()
                with mock.patch("locust.user.task.logging.warning") as warning:
                    filter_tasks_by_tags(user_class, tags, excluded)
                self.assertEqual((names(user_class), names(taskset)), (outer, inner))
                self.assertEqual(warning.call_count, [outer, inner].count([]))

    def test_tag_of_a_taskset_goes_to_its_tasks(self):
        _, taskset = self.classes()
        tag("all")(taskset)
        self.assertEqual(taskset.i1.locust_tag_set, {"t1", "all"})

    def test_tag_needs_a_name(self):
        for arguments in ((), (one,)):
            with self.assertRaisesRegex(ValueError, "No tag name was supplied"):
                tag(*arguments)


if __name__ == "__main__":
    unittest.main()
