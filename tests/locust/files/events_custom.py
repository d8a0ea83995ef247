# Hooks of the file's own, listeners that are removed, messages within one process.
from locust import HttpUser, constant, events, task
from locust.event import EventHook
from locust.exception import StopUser

checkout = EventHook()


@checkout.add_listener
def first(amount, **kwargs):
    print("first", amount, sorted(kwargs))


@checkout.add_listener
def second(**kwargs):
    print("second", sorted(kwargs))


def never(**kwargs):
    print("never")


@events.init.add_listener
def on_init(environment, **kwargs):
    environment.events.shipped = EventHook()
    environment.events.shipped.add_listener(lambda **kwargs: print("shipped", kwargs))
    environment.runner.register_message("told", lambda environment, msg, **kwargs: print("told", msg.data))


class Fires(HttpUser):
    wait_time = constant(60)

    @task
    def all(self):
        self.client.get("/")
        checkout.fire(amount=3, place="here")
        checkout.fire(reverse=True, amount=4)
        events.test_stop.add_listener(never)
        events.test_stop.remove_listener(never)
        self.environment.events.shipped.fire(box=1)
        self.environment.runner.send_message("told", {"a": 1})
        raise StopUser()
