# A task ends the run.
# ends: by itself
import time

from locust import HttpUser, constant, stats, task

stats.CSV_STATS_INTERVAL_SEC = stats.CSV_STATS_FLUSH_INTERVAL_SEC = 0.1


class Quits(HttpUser):
    wait_time = constant(0.01)
    rounds = 0

    @task
    def work(self):
        self.rounds += 1
        self.client.get("/")
        if self.rounds == 10:
            time.sleep(1)  # Locust's files hold everything by then
            self.environment.runner.quit()
