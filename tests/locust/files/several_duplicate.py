# Two files with a class of the same name.
# with: second.py
# args: -f several_duplicate.py,second.py
from locust import HttpUser, task


class Second(HttpUser):
    @task
    def work(self):
        pass
