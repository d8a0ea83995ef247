# Headers of the session and of a call, authentication, parameters of the session.
from locust import HttpUser, constant, task
from locust.exception import StopUser


class Headers(HttpUser):
    wait_time = constant(60)

    @task
    def all(self):
        client = self.client
        client.headers.update({"X-Clinic": "one", "accept": "text/html"})
        client.headers["X-More"] = "two"
        client.get("/echo", name="session")
        client.get("/echo", headers={"x-clinic": "other", "X-More": None}, name="call wins")
        del client.headers["X-More"]
        client.get("/private", auth=("user", "pass"), name="auth")
        client.get("/private", name="no auth")
        client.auth = ("user", "pass")
        client.get("/private", name="session auth")
        client.auth = None
        client.params = {"always": "1"}
        client.get("/echo?own=2", name="session params")
        client.params = {}
        client.get("/echo", headers={"Cookie": "own=1"}, name="own cookie")
        print(client.headers["ACCEPT"], "x-clinic" in client.headers, len(client.headers))
        raise StopUser()
