# What a response of FastHttpUser can be asked.
# since: 2.15
from locust import FastHttpUser, constant, task
from locust.exception import StopUser


class Fast(FastHttpUser):
    wait_time = constant(60)

    @task
    def all(self):
        response = self.client.get("/json")
        print(response.status_code, response.json()["items"], len(response.content), len(response.text))
        print(response.headers["content-type"], response.headers.get("Absent"), bool(response))
        print(response.url.endswith("/json"))
        response = self.client.get("/gzip")
        print(len(response.content), response.text[:7])
        response = self.client.get("/status/404")
        print(response.status_code, bool(response))
        response = self.client.get("/text/latin1")
        print(response.text)
        raise StopUser()
