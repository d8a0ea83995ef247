# A user without tasks.
# args: -t 3
from locust import HttpUser, constant


class Idle(HttpUser):
    wait_time = constant(60)
