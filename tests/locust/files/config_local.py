# locust.conf of the current folder is read by itself; LOCUST_ variables win over it.
# with: locust.conf
# env: LOCUST_USERS=3
# env: LOCUST_SPAWN_RATE=3
from locust import HttpUser, constant, events, task
from locust.exception import StopUser


@events.init.add_listener
def on_init(environment, **kwargs):
    options = environment.parsed_options
    print(options.num_users, options.spawn_rate, options.loglevel, options.exit_code_on_error)


class Asks(HttpUser):
    wait_time = constant(60)

    @task
    def work(self):
        self.client.get("/status/500")
        raise StopUser()
