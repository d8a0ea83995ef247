# A stop timeout lets users finish what they do.
# An older Locust no longer writes its files while users finish.
# theirs: ^ \| Aggregated|^GET \|
# ours: ^ \| Aggregated|^GET \|
# args: --stop-timeout 9
import gevent

from locust import HttpUser, constant, events, stats, task

stats.CSV_STATS_INTERVAL_SEC = stats.CSV_STATS_FLUSH_INTERVAL_SEC = 0.1


@events.quitting.add_listener
def until_written(environment, **kwargs):
    gevent.sleep(0.5)


class Slow(HttpUser):
    wait_time = constant(0)

    @task
    def work(self):
        self.client.get("/slow/4")
        self.client.get("/bytes/1", name="after it")
