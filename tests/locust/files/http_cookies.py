# Cookies: set by the server, by the session, by a call; the jar as a mapping.
from locust import HttpUser, constant, task
from locust.exception import StopUser


class Cookies(HttpUser):
    wait_time = constant(60)

    @task
    def all(self):
        client = self.client
        response = client.get("/cookie/sweet")
        print(sorted(response.cookies.get_dict().items()))
        client.get("/echo/cookies", name="sent back")
        client.get("/", name="other path")
        client.get("/echo", cookies={"call": "only"}, name="of the call")
        client.get("/echo", name="not kept")
        client.cookies.set("mine", "1")
        client.cookies["other"] = "2"
        client.get("/echo", name="own")
        print(client.cookies.get("mine"), client.cookies.get("absent"), "taste" in client.cookies)
        print(sorted(client.cookies.keys()), sorted(client.cookies.get_dict().items()))
        del client.cookies["mine"]
        client.cookies.clear()
        client.get("/echo", name="cleared")
        print(len(client.cookies), list(client.cookies))
        raise StopUser()
