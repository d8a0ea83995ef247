# The name of a sample: given, of the path and query, renamed for a while.
from locust import HttpUser, constant, task
from locust.exception import StopUser


class Names(HttpUser):
    wait_time = constant(60)

    @task
    def all(self):
        client = self.client
        for n in range(3):
            client.get(f"/bytes/{n}", name="/bytes/[n]")
        client.get("/echo?a=1&b=2")
        client.get("/echo", params={"c": "3 4"})
        client.get("/echo#fragment")
        client.get(client.base_url + "/echo/absolute")
        client.get("/echo/\u00e9 space")
        client.get("relative")
        client.request_name = "by attribute"
        client.get("/")
        client.request_name = None
        with client.rename_request("in a block"):
            client.get("/bytes/9")
            client.get("/bytes/8")
        client.get("/bytes/7")
        raise StopUser()
