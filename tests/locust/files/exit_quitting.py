# Thresholds as Locust's documentation writes them: a quitting listener that sets the exit code.
from locust import HttpUser, constant, events, task
from locust.exception import StopUser


@events.quitting.add_listener
def judge(environment, **kwargs):
    total = environment.stats.total
    print(total.num_requests, total.num_failures, round(total.fail_ratio, 2))
    print(total.avg_response_time < 500, total.get_response_time_percentile(0.95) < 500)
    if total.fail_ratio > 0.2:
        environment.process_exit_code = 3
    else:
        environment.process_exit_code = 0


class Fails(HttpUser):
    wait_time = constant(0)

    @task
    def work(self):
        self.client.get("/")
        self.client.get("/status/500")
        raise StopUser()
