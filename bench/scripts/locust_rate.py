# A given rate: RATE requests a second in all, spread over USERS users.
import os

from locust import HttpUser, constant_throughput, task


class Patient(HttpUser):
    wait_time = constant_throughput(float(os.environ["RATE"]) / int(os.environ["USERS"]))

    @task
    def view(self):
        self.client.get(os.environ["ASK"])
