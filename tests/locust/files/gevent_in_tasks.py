# gevent in tasks: pools, locks, sleeping, patched standard library, requests used directly.
import os
import threading
import time

import gevent
import requests
from gevent.lock import Semaphore
from gevent.pool import Pool

from locust import HttpUser, constant, task
from locust.exception import StopUser

lock = Semaphore()


class Gevent(HttpUser):
    wait_time = constant(0)

    @task
    def all(self):
        pool = Pool(5)
        for n in range(10):
            pool.spawn(self.client.get, f"/slow/0.0{n}", name="pool")
        pool.join()
        with lock:
            self.client.get("/", name="locked")
        start = time.time()
        waits = [gevent.spawn(time.sleep, 0.3) for _ in range(10)]
        gevent.joinall(waits)
        print("sleeps at once", time.time() - start < 1)
        thread = threading.Thread(target=self.client.get, args=("/bytes/3",))
        thread.start()
        thread.join()
        print(requests.get(os.environ["SERVER"] + "/bytes/4").text)
        with gevent.Timeout(0.1, False):
            self.client.get("/slow/1", name="given up, not reported")
        raise StopUser()
