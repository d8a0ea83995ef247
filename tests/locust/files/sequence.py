# A sequence of tasks, in the order in which they are declared.
# args: -u 2 -r 2
from locust import HttpUser, SequentialTaskSet, constant, task
from locust.exception import StopUser


def between_them(taskset):
    taskset.client.get("/bytes/1", name="function")


class Steps(SequentialTaskSet):
    rounds = 0

    @task
    def first(self):
        self.client.get("/bytes/1", name="first")

    @task(3)
    def second(self):
        self.client.get("/bytes/1", name="second, three times")

    @task
    def third(self):
        self.client.get("/bytes/1", name="third")
        self.rounds += 1
        if self.rounds == 2:
            raise StopUser()


class Listed(SequentialTaskSet):
    tasks = [between_them, between_them]

    @task
    def end(self):
        raise StopUser()


class Walks(HttpUser):
    wait_time = constant(0)
    tasks = [Steps]


class Lists(HttpUser):
    fixed_count = 1
    wait_time = constant(0)
    tasks = [Listed]
