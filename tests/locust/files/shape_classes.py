# A shape that names the classes of its users.
# since: 2.15
# ends: by itself
from locust import HttpUser, LoadTestShape, constant, task


class First(HttpUser):
    wait_time = constant(60)

    @task
    def work(self):
        self.client.get("/", name=type(self).__name__)


class Second(First):
    pass


class Stages(LoadTestShape):
    stages = [(2.5, 2, 10, [First]), (6, 4, 10, [First, Second])]

    def tick(self):
        for until, users, rate, classes in self.stages:
            if self.get_run_time() < until:
                return users, rate, classes
        return None
