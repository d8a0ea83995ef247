# What goes wrong below HTTP with FastHttpUser, and its texts.
# since: 2.15
# How often a dead connection is tried again: Locust 11 times, ours not at all.
# ours: ^\["GET", "/close"
# theirs: ^\["GET", "/close"
from locust import FastHttpUser, constant, task
from locust.exception import StopUser


class Fast(FastHttpUser):
    wait_time = constant(60)
    network_timeout = 0.3

    def look(self, name, response):
        print(name, response.status_code, type(response.error).__name__, response.text)

    @task
    def all(self):
        get = self.client.get
        self.look("close", get("/close"))
        self.look("timeout", get("/slow/1"))
        self.look("refused", get("http://127.0.0.1:1/", name="refused"))
        self.look("unknown", get("http://no-such-host.invalid/", name="unknown host"))
        self.look("loop", get("/loop"))
        raise StopUser()
