# A load shape: stages of users, then the end.
# ends: by itself
from locust import HttpUser, LoadTestShape, constant, task


class Stays(HttpUser):
    wait_time = constant(60)

    def on_start(self):
        self.client.get("/", name="a user starts")

    @task
    def work(self):
        pass


class Stages(LoadTestShape):
    stages = [(1.5, 2, 10), (3.5, 5, 10)]

    def tick(self):
        for until, users, rate in self.stages:
            if self.get_run_time() < until:
                return users, rate
        return None
