# Classes that inherit: tasks, hosts, on_start of the base, context; users of a module are found.
import random

from locust import HttpUser, constant, events, task
from locust.exception import StopUser

random.seed(1)


@events.request.add_listener
def on_request(name, context, **kwargs):
    print(name, context)


class Base(HttpUser):
    abstract = True
    wait_time = constant(0)

    def on_start(self):
        self.left = 6
        self.client.get("/", name="on_start")

    def context(self):
        return {"who": type(self).__name__, "left": self.left}

    @task
    def base(self):
        self.work("base")

    def work(self, name):
        self.client.get("/bytes/1", name=name, context={"left": 0} if self.left == 3 else {})
        self.left -= 1
        if not self.left:
            raise StopUser()


class Derived(Base):
    @task(2)
    def own(self):
        self.work("own")
