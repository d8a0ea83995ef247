# What a file can see of its environment and runner, and options of its own.
# args: --clinic north --stop-timeout 1
from locust import HttpUser, constant, events, task
from locust.exception import StopUser
from locust.runners import LocalRunner, MasterRunner, WorkerRunner


@events.init_command_line_parser.add_listener
def add_options(parser):
    parser.add_argument("--clinic", type=str, env_var="CLINIC", default="south", help="which one")
    parser.add_argument("--beds", type=int, default=3)


@events.init.add_listener
def on_init(environment, **kwargs):
    options = environment.parsed_options
    print(options.clinic, options.beds, options.num_users, options.spawn_rate, options.headless)
    print(environment.web_ui, environment.shape_class, float(environment.stop_timeout))
    print([cls.__name__ for cls in environment.user_classes], environment.host == options.host)
    print(isinstance(environment.runner, LocalRunner), isinstance(environment.runner, MasterRunner),
          isinstance(environment.runner, WorkerRunner))


class Looks(HttpUser):
    wait_time = constant(0.01)

    @task
    def work(self):
        runner = self.environment.runner
        self.client.get("/")
        print(runner.state, runner.user_count, runner.target_user_count, self.host == self.client.base_url)
        print(runner.stats.total.num_requests, runner.stats.get("/", "GET").num_failures)
        print(type(self).fullname(), self.wait() is None)
        raise StopUser()
