# --equal-weights.
# since: 2.15
# args: -u 4 -r 4 --equal-weights
from locust import HttpUser, constant, task
from locust.exception import StopUser


class Heavy(HttpUser):
    wait_time = constant(60)
    weight = 9

    @task
    def work(self):
        self.client.get("/", name=type(self).__name__)
        raise StopUser()


class Light(Heavy):
    weight = 1
