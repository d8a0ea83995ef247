# Users that end themselves, and what runs then; on_stop that raises; interrupt outside of a set.
# args: -u 3 -r 3
from locust import HttpUser, TaskSet, constant, task


class Stops(HttpUser):
    wait_time = constant(0.01)

    def on_stop(self):
        self.client.get("/", name="on_stop")

    @task
    def work(self):
        self.client.get("/", name="stops")
        self.stop(force=True)
        self.client.get("/", name="never")


class Set(TaskSet):
    def on_stop(self):
        self.client.get("/", name="on_stop of the set")

    @task
    def work(self):
        self.client.get("/", name="in a set")
        self.user.stop(force=True)


class InSet(HttpUser):
    wait_time = constant(0.01)
    tasks = [Set]

    def on_stop(self):
        self.client.get("/", name="on_stop of its user")


class Late(HttpUser):
    wait_time = constant(0.01)

    @task
    def work(self):
        self.client.get("/", name="late")
        self.stop()
