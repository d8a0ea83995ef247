# A value that an own option does not allow.
# args: --level middle
from locust import HttpUser, events, task


@events.init_command_line_parser.add_listener
def add_options(parser):
    parser.add_argument("--level", choices=["low", "high"], default="low", help="how high")


class Asks(HttpUser):
    @task
    def work(self):
        pass
