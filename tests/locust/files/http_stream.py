# stream=True: the sample ends with the headers, the body is read later.
from locust import HttpUser, constant, task
from locust.exception import StopUser


class Streams(HttpUser):
    wait_time = constant(60)

    @task
    def all(self):
        get = self.client.get
        response = get("/lines/5", stream=True)
        print([line for line in response.iter_lines()])
        response = get("/bytes/100000", stream=True)
        print(sum(len(chunk) for chunk in response.iter_content(1000)))
        response = get("/bytes/3000", stream=True, name="read whole")
        print(len(response.content))
        with get("/lines/3", stream=True, catch_response=True, name="caught") as response:
            for line in response.iter_lines(decode_unicode=True):
                if line == "line 2":
                    response.failure("line 2 came")
        response = get("/lines/2", name="not streamed")
        print(list(response.iter_lines()))
        raise StopUser()
