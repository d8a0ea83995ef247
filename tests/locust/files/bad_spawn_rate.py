# A value that is none: which type was expected, Locust does not say.
# theirs: argument -r/--spawn-rate
# ours: argument -r/--spawn-rate
# args: -r fast
from locust import HttpUser, task


class Present(HttpUser):
    @task
    def work(self):
        pass
