# Every way to wait, a class each: numbers, methods, functions, milliseconds of old.
# args: -u 6 -r 6
from locust import HttpUser, between, constant, constant_pacing, constant_throughput, task
from locust.exception import StopUser


class Waits(HttpUser):
    abstract = True
    left = 4

    @task
    def work(self):
        self.client.get("/", name=type(self).__name__)
        self.left -= 1
        if not self.left:
            raise StopUser()


class Between(Waits):
    wait_time = between(0.01, 0.02)


class Constant(Waits):
    wait_time = constant(0.01)


class Pacing(Waits):
    wait_time = constant_pacing(0.05)


class Throughput(Waits):
    wait_time = constant_throughput(20)


class Method(Waits):
    def wait_time(self):
        return 0.01


class Lambda(Waits):
    wait_time = lambda self: 0.01
