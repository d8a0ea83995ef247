# rest() of HttpUser: JSON in and out, failures by what the block says.
# since: 2.40
from locust import HttpUser, constant, task
from locust.exception import StopUser


class Rests(HttpUser):
    wait_time = constant(60)

    @task
    def all(self):
        with self.rest("GET", "/json") as response:
            print(response.js["items"])
        with self.rest("POST", "/echo", json={"a": 1}, name="post") as response:
            print(response.js["body"], response.request.headers["Accept"])
        with self.rest("GET", "/bytes/5", name="no json") as response:
            print(response.js)
        with self.rest("GET", "/json", name="assertion") as response:
            assert response.js["items"] == [], "items should be empty"
        with self.rest("GET", "/json", name="missing key") as response:
            print(response.js["absent"])
        with self.rest("GET", "/status/500", name="status") as response:
            pass
        raise StopUser()
