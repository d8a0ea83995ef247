#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a real server says about requests, and what it keeps to itself.

    keneyapp_log.py lines KENEYAPP      a line of JSON per request at level debug, without secrets
    keneyapp_log.py blocked KENEYAPP    nobody reads the log, and every request is answered
    keneyapp_log.py timing KENEYAPP     Server-Timing, for those who are signed in and ask
"""
import contextlib
import http.client
import json
import re
import signal
import subprocess
import sys
import tempfile

READY = re.compile(r" http://127\.0\.0\.1:(\d+)")
FIELDS = {"bytes", "correlation_id", "duration_ms", "endpoint", "level", "method", "msg", "path",
          "remote", "status", "tenant_id", "time", "user_id"}


@contextlib.contextmanager
def running(program, *options):
    """The server, a connection to it and its data folder."""
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(
            [program, "serve", "--data", folder, "--listen", "127.0.0.1:0", "--tls-listen", "off",
             *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            port = int(READY.search(server.stdout.readline()).group(1))
            yield server, http.client.HTTPConnection("127.0.0.1", port, timeout=30), folder
        finally:
            if server.poll() is None:
                server.send_signal(signal.SIGTERM)
                server.communicate()


def ask(link, method, path, headers=None, body=None):
    link.request(method, path, body, headers or {})
    answer = link.getresponse()
    answer.read()
    return answer


def bearer(program, folder):
    subprocess.run([program, "passwd", "jo", "--role", "doctor", "--data", folder], check=True,
                   input="a-password-of-jo\n", text=True, stdout=subprocess.DEVNULL)
    token = subprocess.run([program, "token", "jo", "--data", folder], check=True,
                           capture_output=True, text=True).stdout.strip()
    return {"Authorization": "Bearer " + token}


def lines(program):
    with running(program, "--log-level", "debug") as (server, link, folder):
        access = bearer(program, folder)
        secrets = ["a-password-of-jo", access["Authorization"].split()[1], "Dupont", '"jo"']
        ask(link, "GET", "/health", {"X-Correlation-ID": "mine-1"})
        ask(link, "GET", "/api/v1/patients?search=Dupont", access)
        ask(link, "GET", "/api/v1/patients/7", access)
        ask(link, "GET", '/no"where\\%00', access)
        ask(link, "POST", "/api/v1/auth/login", {"Content-Type": "application/json"},
            '{"username":"jo","password":"a-password-of-jo"}')
        server.send_signal(signal.SIGTERM)
        _, log = server.communicate()
    said = [json.loads(line) for line in log.splitlines()]
    said = [line for line in said if line["msg"].startswith("request")]
    assert len(said) == 5, log
    assert all(line.keys() == FIELDS for line in said), log
    assert not any(secret in log for secret in secrets), log
    assert [(line["method"], line["endpoint"], line["status"]) for line in said] == [
        ("GET", "/health", 200), ("GET", "/api/v1/patients", 200),
        ("GET", "/api/v1/patients/{id}", 404), ("GET", "(no route)", 404),
        ("POST", "/api/v1/auth/login", 200)], log
    assert said[0]["correlation_id"] == "mine-1" and said[0]["user_id"] == 0
    assert said[1]["path"] == "/api/v1/patients" and said[1]["user_id"] > 0
    assert said[3]["path"] == '/no"where\\%00'
    assert all(line["remote"] == "127.0.0.1" and line["duration_ms"] > 0 for line in said)


def blocked(program):
    """A line has more than 250 bytes: 8,000 are more than a pipe and the queue of 1 MiB take."""
    with running(program, "--log-level", "debug") as (server, link, _):
        for _ in range(8000):
            assert ask(link, "GET", "/health").status == 200
        server.send_signal(signal.SIGTERM)
        _, log = server.communicate()
    dropped = sum(map(int, re.findall(r"(\d+) lines of the log were dropped", log)))
    written = log.count('"msg":"request"')
    assert dropped > 0 and written > 1000 and written + dropped == 8000, (written, dropped)


def timing(program):
    wanted = {"X-Server-Timing": "1"}
    with running(program) as (_, link, folder):
        access = bearer(program, folder)
        assert ask(link, "GET", "/api/v1/patients", wanted).getheader("Server-Timing") is None
        assert ask(link, "GET", "/api/v1/patients", access).getheader("Server-Timing") is None
        first = ask(link, "GET", "/api/v1/patients", {**wanted, **access})
        said = first.getheader("Server-Timing")
        assert re.match(r"total;dur=[\d.]+, auth;dur=", said), said
        again = ask(link, "GET", "/api/v1/appointments", {**wanted, **access})
        said = again.getheader("Server-Timing")
        assert 'cache;desc="miss"' in said and re.search(r'db;dur=[\d.]+;desc="\d+ quer', said), said
        again = ask(link, "GET", "/api/v1/appointments", {**wanted, **access})
        said = again.getheader("Server-Timing")
        assert 'cache;desc="memory"' in said and "db;" not in said, said


if __name__ == "__main__":
    {"lines": lines, "blocked": blocked, "timing": timing}[sys.argv[1]](sys.argv[2])
