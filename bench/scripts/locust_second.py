# A user who asks once a second: what many of them cost in memory.
from locust import HttpUser, constant_pacing, task


class Patient(HttpUser):
    wait_time = constant_pacing(1)

    @task
    def view(self):
        self.client.get("/small")
