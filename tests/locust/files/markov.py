# A chain of tasks whose next one depends on the last.
# since: 2.40
import random

from locust import HttpUser, MarkovTaskSet, constant, transition, transitions
from locust.exception import StopUser

random.seed(5)


class Shop(MarkovTaskSet):
    left = 40

    def say(self, name):
        if not self.left:
            raise StopUser()
        self.left -= 1
        self.client.get("/bytes/1", name=name)

    @transition("browse")
    def enter(self):
        self.say("enter")

    @transitions({"browse": 3, "buy": 1, "leave": 1})
    def browse(self):
        self.say("browse")

    @transitions([("browse", 2), "leave"])
    def buy(self):
        self.say("buy")

    @transition("enter")
    def leave(self):
        self.say("leave")


class Visitor(HttpUser):
    wait_time = constant(0)
    tasks = [Shop]
