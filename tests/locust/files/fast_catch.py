# catch_response of FastHttpUser.
# Ours says which requests Locust's rules leave out.
# ours: is missing from the statistics|with catch_response=True were made
from locust import FastHttpUser, constant, task
from locust.exception import ResponseError, StopUser


class Fast(FastHttpUser):
    wait_time = constant(60)

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
        with get("/", catch_response=True, name="response error"):
            raise ResponseError("raised in the block")
        try:
            with get("/", catch_response=True, name="foreign, lost"):
                raise KeyError("lost")
        except KeyError:
            pass
        get("/", catch_response=True, name="never left")
        raise StopUser()
