# request.measure(): a block that is a sample.
# since: 2.40
# args: -t 6
from locust import User, constant, events, stats, task
from locust.exception import StopUser

stats.CSV_STATS_INTERVAL_SEC = stats.CSV_STATS_FLUSH_INTERVAL_SEC = 0.1


class Measures(User):
    wait_time = constant(60)

    @task
    def all(self):
        measure = self.environment.events.request.measure
        with measure("db", "select") as meta:
            meta["response_length"] = 12
        with events.request.measure("db", "global"):
            pass
        try:
            with measure("db", "fails"):
                raise KeyError("inside")
        except KeyError as error:
            print("went on", error)
        with measure("db", "told") as meta:
            meta["exception"] = ValueError("told in the block")
        raise StopUser()
