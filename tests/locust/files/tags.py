# Tags choose tasks.
# args: --tags day common --exclude-tags broken
from locust import HttpUser, TaskSet, constant, tag, task
from locust.exception import StopUser


class Tagged(HttpUser):
    wait_time = constant(0)
    left = 20

    def say(self, name):
        self.seen = getattr(self, "seen", set()) | {name}
        self.left -= 1
        if self.left == 0:
            for seen in sorted(self.seen):
                self.client.get("/", name=seen)
            raise StopUser()

    @tag("day")
    @task
    def day(self):
        self.say("day")

    @tag("night")
    @task(5)
    def night(self):
        self.say("night")

    @tag("common", "broken")
    @task
    def broken(self):
        self.say("broken")

    @task
    def untagged(self):
        self.say("untagged")

    @tag("common")
    @task
    class Nested(TaskSet):
        @task
        def inside(self):
            self.user.say("nested")
            self.interrupt()
