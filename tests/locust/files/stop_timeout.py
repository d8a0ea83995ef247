# A stop timeout lets users finish what they do.
# args: --stop-timeout 3 -t 2
from locust import HttpUser, constant, task


class Slow(HttpUser):
    wait_time = constant(0)

    @task
    def work(self):
        self.client.get("/slow/1.3")
        self.client.get("/bytes/1", name="after it")
