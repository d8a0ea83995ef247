# Weighted tasks of one user: decorated, inherited, by a dict, nested; the order that the seed gives.
import random

from locust import HttpUser, TaskSet, constant, task
from locust.exception import StopUser

random.seed(3)


def by_function(user):
    user.client.get("/bytes/1", name="function")


class Base(HttpUser):
    abstract = True
    wait_time = constant(0.001)
    left = 60

    def say(self, name):
        if self.left == 0:
            raise StopUser()
        self.left -= 1
        self.client.get("/bytes/2", name=name)

    @task(2)
    def inherited(self):
        self.say("inherited")


class Weighted(Base):
    tasks = {by_function: 2}

    @task(5)
    def method(self):
        self.say("method")

    @task
    class Nested(TaskSet):
        @task(3)
        def inner(self):
            self.user.say("inner")

        @task
        def leave(self):
            self.interrupt()
