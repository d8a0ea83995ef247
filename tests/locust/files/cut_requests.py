# What is under way when the run ends is not counted.
# The run ends while the answer is awaited.
import gevent

from locust import HttpUser, constant, events, stats, task

stats.CSV_STATS_INTERVAL_SEC = stats.CSV_STATS_FLUSH_INTERVAL_SEC = 0.1


@events.quitting.add_listener
def until_written(**kwargs):
    gevent.sleep(0.5)


class Slow(HttpUser):
    wait_time = constant(0)

    def on_stop(self):
        print("on_stop")

    @task
    def work(self):
        self.client.get("/", name="before")
        try:
            self.client.get("/slow/20", name="cut")
        finally:
            print("finally")
