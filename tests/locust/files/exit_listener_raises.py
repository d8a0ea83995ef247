# A listener that raises: a traceback, and exit code 2.
from locust import HttpUser, constant, events, task
from locust.exception import StopUser


@events.test_start.add_listener
def broken(environment, **kwargs):
    raise RuntimeError("the listener is broken")


class Works(HttpUser):
    wait_time = constant(0)

    @task
    def work(self):
        self.client.get("/")
        raise StopUser()
