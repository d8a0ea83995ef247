# Options of a file that --config names; the command line wins.
# with: options.conf
# args: --config options.conf -r 4
from locust import HttpUser, constant, events, task
from locust.exception import StopUser


@events.init.add_listener
def on_init(environment, **kwargs):
    options = environment.parsed_options
    print(options.num_users, options.spawn_rate, options.tags)


class Asks(HttpUser):
    wait_time = constant(60)

    @task
    def work(self):
        self.client.get("/")
        raise StopUser()
