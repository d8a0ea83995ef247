# Users of a data file, read beside the locustfile; a module beside it is imported.
# with: people.csv
# with: helper_module.py
# args: -u 3 -r 3
import csv
import os

from helper_module import path_of

from locust import HttpUser, constant, task
from locust.exception import StopUser

with open(os.path.join(os.path.dirname(__file__), "people.csv"), newline="") as file:
    PEOPLE = list(csv.DictReader(file))


class Person(HttpUser):
    wait_time = constant(60)

    def on_start(self):
        self.person = PEOPLE.pop(0)

    @task
    def log_in(self):
        self.client.post(path_of("log-in"), json=self.person, name="log in")
        raise StopUser()
