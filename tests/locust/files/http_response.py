# What a response can be asked.
from locust import HttpUser, constant, task
from locust.exception import StopUser


class Responses(HttpUser):
    wait_time = constant(60)

    @task
    def all(self):
        get = self.client.get
        response = get("/json")
        print(response.status_code, response.ok, bool(response), response.reason, response.json())
        print(response.headers["content-TYPE"], response.headers.get("absent"), response.encoding)
        print(type(response.elapsed).__name__, response.content[:8], len(response.text))
        print(response.request.method, response.request.path_url, response.request.body)
        print(response.is_redirect, response.history, response.url.endswith("/json"))
        for kind in ("latin1", "utf8"):
            response = get("/text/" + kind)
            print(kind, response.encoding, response.apparent_encoding is not None, len(response.content))
        print(get("/text/latin1").text)
        response = get("/gzip")
        print(len(response.content), response.headers["Content-Encoding"])
        response = get("/status/404")
        print(response.ok, bool(response), response)
        try:
            response.raise_for_status()
        except Exception as error:
            print(type(error).__module__, type(error).__name__, str(error).split(" for ")[0])
        response = get("/bytes/0")
        print(response.text == "", response.content)
        try:
            response.json()
        except ValueError as error:
            print(type(error).__name__)
        response = self.client.post("/echo", json={"a": 1})
        print(response.request.body, response.request.headers["Content-Type"])
        raise StopUser()
