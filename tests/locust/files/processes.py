# --processes: what all processes together did.
# since: 2.20
# args: --processes 2 -u 4 -r 4
# Which line of which process comes when is left to chance, as is what a worker says of its start.
# theirs: ^\[TIME\]|^Traceback|^$
# ours: ^\[TIME\]|^Traceback|^$
from locust import HttpUser, constant, task
from locust.exception import StopUser


class Asks(HttpUser):
    wait_time = constant(0)
    left = 5

    @task
    def work(self):
        self.client.get("/bytes/3")
        self.client.get("/status/404", name="missing")
        self.left -= 1
        if not self.left:
            raise StopUser()
