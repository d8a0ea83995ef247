# Hosts of classes, and one whose credentials are in its address.
# args: -u 2 -r 2
import os

from locust import HttpUser, constant, task
from locust.exception import StopUser


class Own(HttpUser):
    wait_time = constant(0)
    host = "http://127.0.0.1:1"

    @task
    def work(self):
        self.client.get("/", name="the command line wins")
        raise StopUser()


class Private(HttpUser):
    wait_time = constant(0)

    def on_start(self):
        self.client = type(self.client)(
            os.environ["SERVER"].replace("http://", "http://user:pass@"),
            request_event=self.environment.events.request, user=self)

    @task
    def work(self):
        self.client.get("/private")
        raise StopUser()
