# -l lists the classes.
# args: -l
from locust import FastHttpUser, HttpUser, task


class Zebra(HttpUser):
    @task
    def work(self):
        pass


class Ant(FastHttpUser):
    @task
    def work(self):
        pass
