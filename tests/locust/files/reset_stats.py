# --reset-stats: what happened while users were started is forgotten.
# args: --reset-stats -u 2 -r 2
import time

from locust import HttpUser, constant, events, task
from locust.exception import StopUser


@events.reset_stats.add_listener
def on_reset(**kwargs):
    print("reset")


class Asks(HttpUser):
    wait_time = constant(60)

    def on_start(self):
        self.client.get("/", name="forgotten")
        time.sleep(2)

    @task
    def work(self):
        self.client.get("/", name="counted")
        raise StopUser()
