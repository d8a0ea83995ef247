# As many requests as REQUESTS says, then the end.
import itertools
import os

from locust import HttpUser, constant, task

LAST = int(os.environ["REQUESTS"])
count = itertools.count(1)


class Patient(HttpUser):
    wait_time = constant(0)

    @task
    def view(self):
        self.client.get("/small")
        if next(count) == LAST:
            self.environment.runner.quit()
