# --show-task-ratio: shares of tasks, of users and in all.
# args: --show-task-ratio -u 4
from locust import HttpUser, TaskSet, task


class Inner(TaskSet):
    @task(3)
    def often(self):
        pass

    @task
    def seldom(self):
        pass


class First(HttpUser):
    weight = 3
    tasks = {Inner: 2}

    @task
    def own(self):
        pass


class Second(HttpUser):
    @task
    def other(self):
        pass
