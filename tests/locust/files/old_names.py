# Names of old versions.
from locust import HttpLocust


class Website(HttpLocust):
    task_set = None
