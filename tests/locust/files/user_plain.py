# A user without HTTP: a client of the file's own that reports what it measures.
# args: -t 6
import time

from locust import User, constant, task
from locust.exception import StopUser


class Client:
    def __init__(self, environment):
        self.fire = environment.events.request.fire

    def __getattr__(self, name):
        def call(*args):
            start = time.time()
            exception = None
            if name == "fails":
                exception = RuntimeError("it failed")
            self.fire(request_type="rpc", name=name, response_time=7, response_length=len(args),
                      response=None, context={}, exception=exception, start_time=start, url=None)
        return call


class Plain(User):
    wait_time = constant(0.01)
    left = 4

    def __init__(self, environment):
        super().__init__(environment)
        self.client = Client(environment)

    @task
    def work(self):
        self.client.works("a")
        self.client.fails()
        self.left -= 1
        if not self.left:
            raise StopUser()
