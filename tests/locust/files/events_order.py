# Which event comes when.
from locust import HttpUser, constant, events, task
from locust.exception import StopUser

NAMES = ["init", "test_start", "spawning_complete", "test_stopping", "test_stop", "quitting", "quit",
         "reset_stats", "user_error", "init_command_line_parser"]


def listen(name):
    @getattr(events, name).add_listener
    def say(**kwargs):
        print("event", name, sorted(kwargs))


for name in NAMES:
    if hasattr(events, name):
        listen(name)


@events.quitting.add_listener
def second(**kwargs):
    print("the last quitting listener runs first")


class One(HttpUser):
    wait_time = constant(0.01)

    def on_start(self):
        print("on_start")

    def on_stop(self):
        print("on_stop")

    @task
    def work(self):
        self.client.get("/")
        raise StopUser()
