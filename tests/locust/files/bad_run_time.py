# A run time that is none.
# args: -t soon
from locust import HttpUser, task


class Present(HttpUser):
    @task
    def work(self):
        pass
