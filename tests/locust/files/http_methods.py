# Every method of the client, with the positional arguments that people use.
from locust import HttpUser, constant, task
from locust.exception import StopUser


class Methods(HttpUser):
    wait_time = constant(60)

    @task
    def all(self):
        client = self.client
        client.get("/echo/get")
        client.get("/echo/get", params={"a": 1, "b": ["x", "y z"]})
        client.post("/echo/post", "raw text")
        client.post("/echo/post", {"form": "1", "list": ["a", "b"]})
        client.post("/echo/post", None, {"as": "json"})
        client.put("/echo/put", {"form": 2})
        client.patch("/echo/patch", b"bytes")
        client.delete("/echo/delete")
        client.head("/bytes/50")
        client.options("/echo/options")
        client.request("GET", "/echo/request", "a name by position")
        client.request("post", "/echo/lower", json=[1, 2])
        raise StopUser()
