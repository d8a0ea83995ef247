# catch_response: marked, unmarked, exceptions in the block, last call wins, never left.
# Ours says which requests Locust's rules leave out.
# ours: is missing from the statistics|with catch_response=True were made
from locust import HttpUser, constant, task
from locust.exception import RescheduleTask, ResponseError, StopUser


class Catches(HttpUser):
    wait_time = constant(0.01)

    @task
    def all(self):
        get = self.client.get
        with get("/", catch_response=True, name="unmarked good"):
            pass
        with get("/status/500", catch_response=True, name="unmarked bad"):
            pass
        with get("/", catch_response=True, name="failed") as response:
            response.failure("not what was wanted")
        with get("/status/404", catch_response=True, name="excused") as response:
            response.success()
        with get("/", catch_response=True, name="last wins") as response:
            response.failure("first")
            response.success()
        with get("/", catch_response=True, name="by exception") as response:
            response.failure(ValueError("as an exception"))
        with get("/", catch_response=True, name="response error"):
            raise ResponseError("raised in the block")
        try:
            with get("/", catch_response=True, name="foreign, lost"):
                raise KeyError("lost")
        except KeyError:
            pass
        try:
            with get("/", catch_response=True, name="foreign, marked") as response:
                response.failure("marked before")
                raise KeyError("told")
        except KeyError:
            pass
        get("/", catch_response=True, name="never left")
        with get("/slow/0.02", catch_response=True, name="elapsed") as response:
            if response.elapsed.total_seconds() > 0.01:
                response.failure("too slow")
        self.stop_here()

    def stop_here(self):
        raise StopUser()
