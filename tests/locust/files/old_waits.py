# Waits of old: milliseconds.
# args: -u 2 -r 2
from locust import HttpUser, TaskSet, task
from locust.exception import StopUser


class Old(HttpUser):
    min_wait = 5
    max_wait = 9
    left = 3

    @task
    def work(self):
        self.client.get("/", name="milliseconds")
        self.left -= 1
        if not self.left:
            raise StopUser()


class Set(TaskSet):
    def wait_time(self):
        return 0.01

    @task
    def work(self):
        self.client.get("/", name="wait of the set")
        self.user.left -= 1
        if not self.user.left:
            raise StopUser()


class New(HttpUser):
    left = 3
    tasks = [Set]
