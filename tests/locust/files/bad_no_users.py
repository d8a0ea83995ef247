# A file without users.
from locust import HttpUser


class Base(HttpUser):
    abstract = True
