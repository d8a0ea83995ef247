# Redirects: followed, not followed, methods that change, names, history.
from locust import HttpUser, constant, task
from locust.exception import StopUser


class Redirects(HttpUser):
    wait_time = constant(60)

    @task
    def all(self):
        client = self.client
        response = client.get("/redirect/3")
        print(response.status_code, [r.status_code for r in response.history], response.text)
        print(response.url.rsplit("/", 1)[1], response.history[0].headers["location"])
        response = client.get("/redirect/2", allow_redirects=False, name="not followed")
        print(response.status_code, response.is_redirect, response.headers["Location"])
        for code in (301, 302, 303, 307, 308):
            response = client.post(f"/moved/{code}", data="body", name=f"post {code}")
            print(code, response.request.method, len(response.history))
        response = client.head("/redirect/1", name="head")
        print(response.status_code)
        response = client.head("/redirect/1", allow_redirects=True, name="head followed")
        print(response.status_code, response.request.method)
        raise StopUser()
