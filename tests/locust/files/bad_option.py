# An option that there is not.
# args: --no-such-option 3
from locust import HttpUser


class Any(HttpUser):
    pass
