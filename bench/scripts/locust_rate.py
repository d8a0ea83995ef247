# A given rate: RATE requests a second in all, spread over USERS users, who do not ask in step.
import os
import random
import time

from locust import HttpUser, constant_throughput, task

PACE = float(os.environ["RATE"]) / int(os.environ["USERS"])


class Patient(HttpUser):
    wait_time = constant_throughput(PACE)

    def on_start(self):
        time.sleep(random.random() / PACE)

    @task
    def view(self):
        self.client.get(os.environ["ASK"])
