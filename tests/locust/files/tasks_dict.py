# Tasks of sets and users by dict, by pairs, by nested sets with weights; task_set by interrupt.
import random

from locust import HttpUser, TaskSet, constant, task
from locust.exception import StopUser

random.seed(11)


def count(taskset, name):
    user = taskset.user
    user.left -= 1
    user.client.get("/bytes/1", name=name)
    if not user.left:
        raise StopUser()


def one(taskset):
    count(taskset, "one")


def two(taskset):
    count(taskset, "two")


class Leaf(TaskSet):
    tasks = {one: 3, two: 1}

    @task
    def leave(self):
        count(self, "leave")
        self.interrupt()


class Branch(TaskSet):
    tasks = [(Leaf, 2), one]

    def on_start(self):
        count(self, f"branch below {type(self.parent).__name__}")

    @task
    def back(self):
        self.interrupt(reschedule=False)


class Root(HttpUser):
    wait_time = constant(0)
    left = 60
    tasks = {Branch: 5, Leaf: 1}
