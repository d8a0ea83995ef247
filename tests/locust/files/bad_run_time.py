# A run time that is none.
# since: 2.15
# args: -t soon
from locust import HttpUser, task


class Present(HttpUser):
    @task
    def work(self):
        pass
