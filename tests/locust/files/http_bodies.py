# Bodies: forms, JSON, text, bytes, files, and what they do to the headers.
import io

from locust import HttpUser, constant, task
from locust.exception import StopUser


class Bodies(HttpUser):
    wait_time = constant(60)

    @task
    def all(self):
        post = self.client.post
        post("/echo", data={"a": "1 2", "b": "\u00e9&="}, name="form")
        post("/echo", data=[("a", "1"), ("a", "2")], name="pairs")
        post("/echo", data="text \u00e9".encode(), name="bytes")
        post("/echo", data="plain text", name="text")
        post("/echo", json={"k": [1, None, True, "\u00e9"]}, name="json")
        post("/echo", json={"k": 1}, data="data wins", name="both")
        post("/echo", data="<a/>", headers={"Content-Type": "text/xml"}, name="own type")
        post("/echo", data=io.BytesIO(b"from a file"), name="file object")
        post("/echo", files={"upload": ("name.txt", b"the content", "text/plain")}, name="upload")
        post("/echo", files={"a": b"1"}, data={"field": "x"}, name="upload and form")
        post("/echo", name="nothing")
        post("/echo", data=(piece for piece in (b"one ", b"two")), name="generator")
        raise StopUser()
