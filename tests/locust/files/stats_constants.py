# Constants of the statistics that a file changes.
import locust.stats
from locust import HttpUser, constant, task
from locust.exception import StopUser

locust.stats.PERCENTILES_TO_REPORT = [0.25, 0.50, 0.75, 0.95, 1.0]
locust.stats.CONSOLE_STATS_INTERVAL_SEC = 1


class Asks(HttpUser):
    wait_time = constant(60)

    @task
    def work(self):
        self.client.get("/")
        raise StopUser()
