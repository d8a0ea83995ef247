# A shape that reads the common options itself.
# since: 2.15
# args: -u 3 -r 10 -t 5s
# Locust says the run time after the run.
# theirs: Run time limit set
# ours: Run time limit set
from locust import HttpUser, LoadTestShape, constant, task


class Stays(HttpUser):
    wait_time = constant(60)

    @task
    def work(self):
        self.client.get("/")


class Reads(LoadTestShape):
    use_common_options = True

    def tick(self):
        options = self.runner.environment.parsed_options
        if self.get_run_time() < options.run_time:
            return options.num_users, options.spawn_rate
        return None
