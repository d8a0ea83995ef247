# --exit-code-on-error.
# args: --exit-code-on-error 0
from locust import HttpUser, constant, task
from locust.exception import StopUser


class Fails(HttpUser):
    wait_time = constant(0)

    @task
    def work(self):
        self.client.get("/status/500")
        raise StopUser()
