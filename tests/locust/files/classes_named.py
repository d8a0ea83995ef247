# Classes that the command line names.
# args: -u 2 -r 2 Second
from locust import HttpUser, constant, task
from locust.exception import StopUser


class First(HttpUser):
    wait_time = constant(60)

    @task
    def work(self):
        self.client.get("/", name=type(self).__name__)
        raise StopUser()


class Second(First):
    weight = 7
