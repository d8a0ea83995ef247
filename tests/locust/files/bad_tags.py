# Tags that no task has.
# args: -t 6 --tags absent
from locust import HttpUser, constant, stats, tag, task

stats.CSV_STATS_INTERVAL_SEC = stats.CSV_STATS_FLUSH_INTERVAL_SEC = 0.1


class Tagged(HttpUser):
    wait_time = constant(60)

    @tag("present")
    @task
    def work(self):
        self.client.get("/")
