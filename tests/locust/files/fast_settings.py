# Settings of FastHttpUser; statuses that are no failure, many at once.
# since: 2.20
from gevent.pool import Pool

from locust import FastHttpUser, constant, task
from locust.exception import StopUser


class Fast(FastHttpUser):
    wait_time = constant(60)
    default_headers = {"X-Default": "d"}
    network_timeout = 30.0
    connection_timeout = 30.0
    max_redirects = 2
    concurrency = 3

    @task
    def all(self):
        client = self.client
        client.get("/echo", name="default")
        client.get("/echo", headers={"X-Default": "other"}, name="call wins")
        client.get("/redirect/2", name="just few enough")
        client.get("/redirect/3", name="too many")
        response = client.get("/lines/4", stream=True, name="stream")
        print(response.status_code, response.text.splitlines())
        pool = Pool(3)
        for n in range(9):
            pool.spawn(client.get, f"/slow/0.0{n}", name="at once")
        pool.join()
        for status in (201, 202, 301, 307, 403, 503):
            client.get(f"/status/{status}", name=f"status {status}")
        response = client.get("/cookie/sweet")
        print(sorted(cookie.name for cookie in client.cookiejar))
        raise StopUser()
