# Another file with users.
from locust import HttpUser, constant, task
from locust.exception import StopUser


class Second(HttpUser):
    wait_time = constant(60)

    @task
    def work(self):
        self.client.get("/", name="second")
        raise StopUser()
