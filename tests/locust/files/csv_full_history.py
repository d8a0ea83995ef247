# The history of every row.
# args: -t 4
# args: --csv-full-history
from locust import HttpUser, constant, task


class Asks(HttpUser):
    wait_time = constant(60)

    @task
    def work(self):
        self.client.get("/", name="once")
