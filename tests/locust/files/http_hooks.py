# Hooks of requests and of a session, prepared requests, a session of requests beside.
import requests

from locust import HttpUser, constant, task
from locust.exception import StopUser


def seen(response, *args, **kwargs):
    print("hook", response.status_code, response.request.method)


class Hooks(HttpUser):
    wait_time = constant(60)

    @task
    def all(self):
        client = self.client
        client.get("/bytes/3", hooks={"response": seen}, name="of the call")
        client.hooks["response"].append(seen)
        client.post("/echo", json={}, name="of the session")
        client.hooks["response"].clear()
        print(client.verify, client.trust_env, client.max_redirects, isinstance(client, requests.Session))
        with requests.Session() as other:
            print(other.get(self.host + "/bytes/2").text)
        raise StopUser()
