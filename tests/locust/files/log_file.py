# --logfile: the log goes there, the tables stay.
# args: --logfile the.log
import logging

from locust import HttpUser, constant, events, task
from locust.exception import StopUser


@events.quit.add_listener
def on_quit(exit_code, **kwargs):
    with open("the.log") as file:
        print(any("in a task" in line for line in file))


class Asks(HttpUser):
    wait_time = constant(60)

    @task
    def work(self):
        logging.info("in a task")
        self.client.get("/")
        raise StopUser()
