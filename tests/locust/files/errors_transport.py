# What goes wrong below HTTP, and its texts.
import os

from locust import HttpUser, constant, task
from locust.exception import StopUser


class Unlucky(HttpUser):
    wait_time = constant(60)

    def look(self, name, response):
        error = getattr(response, "error", None)
        print(name, response.status_code, type(error).__name__, bool(response.text))

    @task
    def all(self):
        get = self.client.get
        self.look("close", get("/close"))
        self.look("redirects without end", get("/loop"))
        self.look("timeout", get("/slow/0.5", timeout=0.05))
        self.look("refused", get("http://127.0.0.1:1/", name="refused"))
        self.look("unknown", get("http://no-such-host.invalid/", name="unknown host"))
        self.look("not TLS", get(os.environ["SERVER"].replace("http", "https"), name="not TLS"))
        for url in ("http://", "ftp://example.invalid/", "http://[::1"):
            try:
                get(url, name="invalid")
            except Exception as error:
                print(type(error).__name__)
        raise StopUser()
