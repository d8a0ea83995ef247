# Exceptions of requests around the client, and raise_for_status in a task.
import requests

from locust import HttpUser, constant, task
from locust.exception import StopUser


class Raises(HttpUser):
    wait_time = constant(0.01)
    step = 0

    @task
    def work(self):
        self.step += 1
        if self.step == 1:
            self.client.get("/status/503").raise_for_status()
        if self.step == 2:
            try:
                self.client.get("/status/418").raise_for_status()
            except requests.exceptions.HTTPError as error:
                print(error.response.status_code, isinstance(error, requests.RequestException))
        if self.step == 3:
            try:
                self.client.get("nonsense://x")
            except requests.exceptions.InvalidSchema as error:
                print("invalid schema", "nonsense" in str(error))
        if self.step == 4:
            try:
                self.client.get("/", headers={"Bad": "a\nb"})
            except requests.exceptions.InvalidHeader:
                print("invalid header")
            raise StopUser()
