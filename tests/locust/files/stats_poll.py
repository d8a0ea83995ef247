# A greenlet that watches the statistics and ends the run: the documented way to stop early.
# ends: by itself
import gevent

from locust import HttpUser, constant, events, stats, task
from locust.runners import STATE_CLEANUP, STATE_STOPPED, STATE_STOPPING, WorkerRunner

stats.CSV_STATS_INTERVAL_SEC = stats.CSV_STATS_FLUSH_INTERVAL_SEC = 0.1


def watch(environment):
    while environment.runner.state not in (STATE_STOPPING, STATE_STOPPED, STATE_CLEANUP):
        gevent.sleep(0.1)
        if environment.runner.stats.total.num_failures == 2:
            gevent.sleep(1)
            total = environment.runner.stats.total
            print(total.fail_ratio, len(environment.runner.stats.errors), total.avg_response_time > 0)
            environment.runner.quit()
            return


@events.init.add_listener
def on_init(environment, **kwargs):
    if not isinstance(environment.runner, WorkerRunner):
        gevent.spawn(watch, environment)


class Fails(HttpUser):
    wait_time = constant(60)

    @task
    def work(self):
        self.client.get("/status/404")
        self.client.get("/status/500")
        self.client.get("/")
        self.client.get("/bytes/1")
