# --config-users changes classes; with -f of several names both files count.
# since: 2.17
# with: second.py
# args: -f config_users.py,second.py -u 5 -r 5
# args: --config-users '{"user_class_name": "First", "fixed_count": 2}'
from locust import HttpUser, constant, task
from locust.exception import StopUser


class First(HttpUser):
    wait_time = constant(60)

    @task
    def work(self):
        self.client.get("/", name="first")
        raise StopUser()
