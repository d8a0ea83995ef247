# A chain that names a task which there is not.
# since: 2.40
from locust import HttpUser, MarkovTaskSet, transition


class Broken(MarkovTaskSet):
    @transition("nowhere")
    def only(self):
        pass


class Visitor(HttpUser):
    tasks = [Broken]
