# An exception in on_start ends that user for good; another class goes on.
# since: 2.15
# args: -u 2 -r 2
from locust import HttpUser, constant, task
from locust.exception import StopUser


class Broken(HttpUser):
    wait_time = constant(0.01)

    def on_start(self):
        self.client.get("/", name="before it breaks")
        raise RuntimeError("cannot start")

    @task
    def never(self):
        self.client.get("/", name="never")


class Whole(HttpUser):
    wait_time = constant(0.01)
    left = 3

    @task
    def work(self):
        self.client.get("/", name="work")
        self.left -= 1
        if not self.left:
            raise StopUser()
