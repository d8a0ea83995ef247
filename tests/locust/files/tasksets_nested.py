# Nested task sets: on_start and on_stop of each level, interrupt with and without reschedule, parent.
from locust import HttpUser, SequentialTaskSet, TaskSet, constant, task
from locust.exception import StopUser


class Inner(TaskSet):
    def on_start(self):
        self.client.get("/bytes/1", name="inner on_start")
        self.rounds = 0

    def on_stop(self):
        self.client.get("/bytes/1", name="inner on_stop")

    @task
    def work(self):
        self.rounds += 1
        self.client.get("/bytes/2", name=f"inner of {type(self.parent).__name__}")
        if self.rounds == 2:
            self.interrupt(reschedule=False)


class Outer(SequentialTaskSet):
    def on_start(self):
        self.client.get("/bytes/1", name="outer on_start")
        self.turns = 0

    @task
    def first(self):
        self.turns += 1
        self.client.get("/bytes/3", name="outer first")

    tasks = [Inner]

    @task
    class Second(TaskSet):
        @task
        def deep(self):
            assert self.user.client is self.client
            self.client.get("/bytes/4", name="second deep")
            self.interrupt()

    @task
    def last(self):
        self.client.get("/bytes/5", name="outer last")
        if self.turns == 3:
            raise StopUser()

    def on_stop(self):
        self.client.get("/bytes/1", name="outer on_stop")


class Nested(HttpUser):
    wait_time = constant(0.01)
    tasks = [Outer]

    def on_stop(self):
        self.client.get("/bytes/6", name="user on_stop")
