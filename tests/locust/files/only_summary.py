# --only-summary and a log level: what is printed then.
# args: --only-summary --loglevel WARNING
import logging

from locust import HttpUser, constant, task
from locust.exception import StopUser


class Asks(HttpUser):
    wait_time = constant(60)

    @task
    def work(self):
        logging.info("not shown")
        logging.warning("shown by the root")
        logging.getLogger("mine").error("shown by mine")
        self.client.get("/")
        raise StopUser()
