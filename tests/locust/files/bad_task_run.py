# A task that is called run.
from locust import HttpUser, task


class Present(HttpUser):
    @task
    def run(self):
        pass
