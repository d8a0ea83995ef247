# Options of the file's own: types, choices, several values, environment.
# since: 2.15
# env: REGION=east
# args: --level high --names a b --flag
from locust import HttpUser, constant, events, task
from locust.exception import StopUser


@events.init_command_line_parser.add_listener
def add_options(parser):
    group = parser.add_argument_group("Own")
    group.add_argument("--level", choices=["low", "high"], default="low", help="how high")
    group.add_argument("--names", nargs="*", default=[])
    group.add_argument("--flag", action="store_true")
    group.add_argument("--region", env_var="REGION", default="west")
    parser.add_argument("--secret", is_secret=True, default="s", include_in_web_ui=False)
    group.add_argument("--ratio", type=float, default=0.5)


@events.test_start.add_listener
def on_test_start(environment, **kwargs):
    options = environment.parsed_options
    print(options.level, options.names, options.flag, options.region, options.ratio)


class Asks(HttpUser):
    wait_time = constant(60)

    @task
    def work(self):
        self.client.get("/", params={"level": self.environment.parsed_options.level})
        raise StopUser()
