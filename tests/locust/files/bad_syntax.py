# A file that is no Python.
from locust import HttpUser

class Broken(HttpUser)
    pass
