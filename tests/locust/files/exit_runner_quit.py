# A task ends the run.
from locust import HttpUser, constant, task


class Quits(HttpUser):
    wait_time = constant(0.2)
    rounds = 0

    @task
    def work(self):
        self.rounds += 1
        self.client.get("/")
        if self.rounds == 10:
            self.environment.runner.quit()
