# The guide's locustfile without its pauses: one request a task, a header, an answer that is read.
import os

from locust import FastHttpUser, constant, task

ASK = os.environ.get("ASK", "/small")


class Patient(FastHttpUser):
    wait_time = constant(0)

    def on_start(self):
        self.token = "t0ken"

    @task
    def view(self):
        self.client.get(ASK, headers={"Authorization": f"Bearer {self.token}"})
