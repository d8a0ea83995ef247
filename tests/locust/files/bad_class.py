# The command line names a class that there is not.
# args: Absent
from locust import HttpUser, task


class Present(HttpUser):
    @task
    def work(self):
        pass
