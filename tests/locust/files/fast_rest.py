# rest() of FastHttpUser: JSON in and out, failures by what the block says.
# since: 2.15
from locust import FastHttpUser, constant, task
from locust.exception import StopUser


class Fast(FastHttpUser):
    wait_time = constant(60)

    @task
    def all(self):
        with self.rest("GET", "/json") as response:
            print(response.js["items"])
            if response.js["access_token"] != "t0ken":
                response.failure("another token")
        with self.rest("POST", "/echo", json={"a": 1}, name="post") as response:
            print(response.js["body"])
        with self.rest("GET", "/bytes/5", name="no json") as response:
            print(response.js)
        with self.rest("GET", "/json", name="assertion") as response:
            assert response.js["items"] == [], "items should be empty"
        with self.rest("GET", "/json", name="missing key") as response:
            print(response.js["absent"])
        with self.rest("GET", "/status/500", name="status") as response:
            pass
        raise StopUser()
