# The guide's locustfile in small: a login, weighted tasks, headers.
import random

from locust import HttpUser, between, task
from locust.exception import StopUser

random.seed(7)


class KeneyAppUser(HttpUser):
    wait_time = between(0.01, 0.03)

    def on_start(self):
        response = self.client.post("/json", json={"username": "u", "password": "p"})
        self.token = response.json()["access_token"]
        self.left = 30

    def get(self, path):
        if self.left == 0:
            raise StopUser()
        self.left -= 1
        self.client.get(path, headers={"Authorization": f"Bearer {self.token}"})

    @task(3)
    def patients(self):
        self.get("/patients")

    @task(2)
    def appointments(self):
        self.get("/bytes/100")

    @task(1)
    def dashboard(self):
        self.get("/")
