# Authentication as requests knows it: its objects, one of the file's own, a callable.
from requests.auth import AuthBase, HTTPBasicAuth

from locust import HttpUser, constant, task
from locust.exception import StopUser


class Token(AuthBase):
    def __call__(self, request):
        request.headers["X-Token"] = "own"
        return request


def signed(request):
    request.headers["X-Signed"] = str(len(request.body or b""))
    return request


class Authenticates(HttpUser):
    wait_time = constant(60)

    @task
    def all(self):
        client = self.client
        client.get("/private", auth=HTTPBasicAuth("user", "pass"), name="object")
        client.get("/private", auth=HTTPBasicAuth("user", "wrong"), name="wrong")
        client.get("/echo", auth=Token(), name="own")
        client.post("/echo", data="12345", auth=signed, name="callable")
        client.auth = HTTPBasicAuth("user", "pass")
        client.get("/private", name="of the session")
        client.auth = Token()
        client.get("/echo", name="own of the session")
        client.get("/echo", auth=("other", "one"), name="the call wins")
        raise StopUser()
