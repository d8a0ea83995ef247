# StopTest in a task ends the run for all.
# since: 2.40
# ends: by itself
# args: -u 2 -r 2
import time

from locust import HttpUser, constant, stats, task
from locust.exception import StopTest

stats.CSV_STATS_INTERVAL_SEC = stats.CSV_STATS_FLUSH_INTERVAL_SEC = 0.1


class Ends(HttpUser):
    wait_time = constant(60)

    def on_stop(self):
        print("on_stop of", type(self).__name__)

    @task
    def work(self):
        self.client.get("/")
        time.sleep(2)
        raise StopTest()


class Waits(HttpUser):
    wait_time = constant(60)

    def on_stop(self):
        time.sleep(0.2)
        print("on_stop of", type(self).__name__)

    @task
    def work(self):
        self.client.get("/bytes/2")
