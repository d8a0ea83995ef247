# SPDX-License-Identifier: Apache-2.0
"""A working day at the clinic: staff sign in, look at patients and their files, at appointments and
the dashboard, while a monitor asks for the server's health.

    keneyapp serve --demo
    keneyperf as locust -f examples/locustfile.py --headless -u 40 -r 20 -t 30s
    keneyperf run examples/locustfile.py -u 40 -r 20 -d 30s --slo examples/guide.slo.yaml

Runs under Locust too. Another server is named by -H, who signs in by CLINIC_USER and
CLINIC_PASSWORD.
"""
import logging
import os
import random

from locust import FastHttpUser, HttpUser, TaskSet, between, constant_pacing, events, tag, task

CREDENTIALS = {
    "username": os.getenv("CLINIC_USER", "testuser"),
    "password": os.getenv("CLINIC_PASSWORD", "testpass123"),
}


@events.quitting.add_listener
def judge(environment, **_):
    """What `locust` exits with; `keneyperf run` has --threshold and --slo for it."""
    total = environment.stats.total
    if total.fail_ratio > 0.01:
        logging.error("more than 1 %% of the requests failed")
        environment.process_exit_code = 1
    elif total.get_response_time_percentile(0.95) > 200:
        logging.error("the 95th percentile is above 200 ms")
        environment.process_exit_code = 1


class Patients(TaskSet):
    """The list, then some of its files."""

    def on_start(self):
        self.ids = []

    @task(1)
    def list(self):
        with self.client.get("/api/v1/patients", name="patients", catch_response=True) as answer:
            self.ids = [patient["id"] for patient in answer.json()["items"]]
            if not self.ids:
                answer.failure("the clinic has no patients")

    @task(3)
    def file(self):
        if self.ids:
            self.client.get(f"/api/v1/patients/{random.choice(self.ids)}", name="patients/[id]")

    @task(1)
    def leave(self):
        self.interrupt()


class Staff(HttpUser):
    host = "http://127.0.0.1:8000"
    weight = 9
    wait_time = between(0.2, 1)
    tasks = [Patients]

    def on_start(self):
        answer = self.client.post("/api/v1/auth/login", json=CREDENTIALS, name="login")
        answer.raise_for_status()
        self.client.headers["Authorization"] = "Bearer " + answer.json()["access_token"]

    @tag("overview")
    @task
    def appointments(self):
        self.client.get("/api/v1/appointments", name="appointments")

    @tag("overview")
    @task
    def dashboard(self):
        self.client.get("/api/v1/dashboard/stats", name="dashboard")


class Monitor(FastHttpUser):
    host = "http://127.0.0.1:8000"
    weight = 1
    wait_time = constant_pacing(1)

    @task
    def health(self):
        with self.client.get("/health", name="health", catch_response=True) as answer:
            if answer.status_code != 200:
                answer.failure(f"not healthy: {answer.status_code}")
