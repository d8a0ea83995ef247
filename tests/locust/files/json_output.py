# --json prints the statistics on standard output; numbers that are times are left out. Locust
# sets the counts to 0 then, so that the tables after it lack the percentiles.
# since: 2.15
# args: --json
# theirs: time|"\d+(\.\d+)?": \d|^\}?,?$|ADDRESS|TIMES|^-+\|
# ours: time|"\d+(\.\d+)?": \d|^\}?,?$|ADDRESS|TIMES|^-+\|
from locust import HttpUser, constant, task
from locust.exception import StopUser


class Asks(HttpUser):
    wait_time = constant(60)

    @task
    def work(self):
        self.client.get("/bytes/3")
        self.client.get("/bytes/4", name="named")
        self.client.get("/status/404", name="named")
        raise StopUser()
