# Adapters of requests, mounted on the client: what they do themselves has no effect, as ours warns.
# theirs: ^\["(GET|POST)"
# ours: ^\["(GET|POST)"|the adapter is not used
from requests.adapters import HTTPAdapter

from locust import HttpUser, constant, task
from locust.exception import StopUser


class Marks(HTTPAdapter):
    def send(self, request, **keywords):
        request.headers["X-Adapter"] = "marked"
        return super().send(request, **keywords)


class Mounts(HttpUser):
    wait_time = constant(60)

    def on_start(self):
        self.client.mount(self.host, Marks())

    @task
    def all(self):
        response = self.client.get("/echo")
        print(response.status_code, type(self.client.get_adapter(self.host)).__name__)
        with self.client.get("/status/404", catch_response=True, name="caught") as response:
            response.success()
        self.client.post("/redirect/2", data={"a": 1}, name="redirected")
        self.client.get("/status/500", name="fails")
        raise StopUser()
