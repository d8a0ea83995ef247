# Several user classes: weights and fixed_count decide how many of each.
# since: 2.13
# args: -u 8 -r 8
from locust import HttpUser, constant, task
from locust.exception import StopUser


class Counted(HttpUser):
    abstract = True
    wait_time = constant(0.01)

    @task
    def work(self):
        self.left = getattr(self, "left", 5) - 1
        self.client.get("/bytes/1", name=type(self).__name__)
        if self.left == 0:
            raise StopUser()


class Often(Counted):
    weight = 3


class Seldom(Counted):
    weight = 1


class Fixed(Counted):
    fixed_count = 2
