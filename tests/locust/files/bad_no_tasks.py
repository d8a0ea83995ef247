# A user without tasks.
# args: -t 6
from locust import HttpUser, constant, stats

stats.CSV_STATS_INTERVAL_SEC = stats.CSV_STATS_FLUSH_INTERVAL_SEC = 0.1


class Idle(HttpUser):
    wait_time = constant(60)
