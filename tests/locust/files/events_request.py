# The request event: what it carries, and samples that the file reports itself.
import time

from locust import HttpUser, User, constant, events, task
from locust.exception import StopUser


@events.request.add_listener
def on_request(request_type, name, response_time, response_length, response, context, exception,
               start_time, url, **kwargs):
    print(request_type, name, response_time is not None, response_length,
          getattr(response, "status_code", None), context, type(exception).__name__,
          abs(time.time() - (start_time or time.time())) < 5, bool(url), sorted(kwargs))


class Http(HttpUser):
    wait_time = constant(60)

    def context(self):
        return {"user": "http"}

    @task
    def work(self):
        self.client.get("/bytes/5")
        self.client.get("/status/500", context={"call": 1}, name="with context")
        fire = self.environment.events.request.fire
        meta = {"response": None, "context": {}, "start_time": time.time(), "url": None}
        fire(request_type="grpc", name="own", response_time=12.5, response_length=3,
             exception=None, **meta)
        fire(request_type="grpc", name="own", response_time=25, response_length=0,
             exception=KeyError("own failure"), **meta)
        fire(request_type="queue", name="no time", response_time=None, response_length=0,
             exception=None, **meta)
        raise StopUser()
