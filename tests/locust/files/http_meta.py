# What a with-block changes in the sample: its name, its length, its time.
# since: 2.15
from locust import HttpUser, constant, task
from locust.exception import LocustError, StopUser


class Changes(HttpUser):
    wait_time = constant(60)

    @task
    def all(self):
        with self.client.get("/json", catch_response=True, name="before") as response:
            response.request_meta["name"] = "after"
            response.request_meta["response_length"] = 7
        with self.client.get("/json", catch_response=True) as response:
            if not response.json()["items"]:
                response.failure("no items")
            elif response.elapsed.total_seconds() > 30:
                response.failure("slow")
        try:
            with self.client.get("/", name="no catch_response"):
                pass
        except LocustError as error:
            print("LocustError", str(error).split(".")[0])
        try:
            self.client.get("/", name="success without", catch_response=False).success()
        except (LocustError, AttributeError) as error:
            print("refused", type(error).__name__)
        raise StopUser()
