# The first shape that is not abstract counts; -u has no effect on it.
# since: 2.15
# ends: by itself
# args: -u 50
# Ours names no address of the network.
# theirs: explicitly reads them
# ours: explicitly reads them
from locust import HttpUser, LoadTestShape, constant, task


class Stays(HttpUser):
    wait_time = constant(60)

    @task
    def work(self):
        self.client.get("/")


class Base(LoadTestShape):
    abstract = True

    def tick(self):
        return (2, 10) if self.get_run_time() < 3 else None


class Real(Base):
    abstract = False
