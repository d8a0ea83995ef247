# FastHttpUser: methods, names, statuses that count as success, redirects, cookies, headers.
from locust import FastHttpUser, constant, task
from locust.exception import StopUser


class Fast(FastHttpUser):
    wait_time = constant(60)

    @task
    def all(self):
        client = self.client
        client.get("/echo?a=1")
        client.get("/echo", params={"b": "2"}) if False else None
        client.post("/echo", data={"form": "1", "x": "a b"}, name="form")
        client.post("/echo", data="text", name="text")
        client.post("/echo", json={"k": [1, "\u00e9"]}, name="json")
        client.put("/echo", json={"k": 2}, name="put")
        client.patch("/echo", data=b"bytes", name="patch")
        client.delete("/echo", name="delete")
        client.head("/bytes/10", name="head")
        client.options("/echo", name="options")
        client.request("GET", "/echo", name="request")
        client.get("/echo", headers={"X-Own": "1"}, name="headers")
        client.get("/private", auth=("user", "pass"), name="auth")
        client.get("/redirect/2", name="redirects")
        client.get("/redirect/2", allow_redirects=False, name="not followed")
        client.get("/cookie/sweet")
        client.get("/echo", name="cookies come back")
        for status in (204, 304, 400, 404, 500):
            client.get(f"/status/{status}", name=f"status {status}") if status not in (204, 304) else None
        raise StopUser()
