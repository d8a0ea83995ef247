# SPDX-License-Identifier: Apache-2.0
"""A real `keneyapp serve` in a temporary folder, for tests in Python, and a way to ask it."""
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import http.client

PATIENT = {
    "first_name": "Zo\u00e9",
    "last_name": "Testcase",
    "date_of_birth": "2000-02-29",
    "gender": "female",
    "phone": "+33 1 99 00 00 00",
}
PASSWORD = "long-enough-to-be-one"
ROLES = ("admin", "doctor", "nurse", "receptionist", "super_admin")


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    def json(self):
        return json.loads(self.body)


class Clinic:
    """Use it in a `with` statement. `more`: further arguments of `keneyapp serve`; `under`:
    makes of the folder the words of a command that it is run by."""

    def __init__(self, program, *more, under=lambda folder: ()):
        self.program = program
        self.tokens = {}
        self.folder = tempfile.mkdtemp(prefix="keneyapp-test-")
        self.command = [*under(self.folder), program, "serve", "--demo", "--data", self.folder,
                        "--listen", "127.0.0.1:0", "--tls-listen", "off"]
        self.start(*more)

    def start(self, *more):
        self.process = subprocess.Popen([*self.command, *more], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if "http://127.0.0.1:" not in line:
            raise SystemExit(f"the server did not get ready: {line}")
        self.port = int(line.split("http://127.0.0.1:")[1].split(";")[0].split()[0])

    def kill(self):
        """At once (kill -9); start() makes it run again on the same data."""
        self.process.kill()
        self.process.wait()

    def stop(self):
        """SIGTERM; the exit status."""
        self.process.terminate()
        return self.process.wait(timeout=30)

    def __enter__(self):
        return self

    def restart(self, *more):
        """The same folder, and so the same keys and data, served in another way."""
        self.stop()
        self.start(*more)

    def __exit__(self, *why):
        if self.process.poll() is None:
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, *arguments, stdin=""):
        """One of keneyapp's other commands on the same folder; its standard output."""
        done = subprocess.run([self.program, *arguments, "--data", self.folder], input=stdin,
                              capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"keneyapp {' '.join(arguments)}: {done.stderr}{done.stdout}")
        return done.stdout

    def add_user(self, name, role):
        self.run("passwd", name, "--role", role, stdin=PASSWORD + "\n")

    def token(self, user):
        if user not in self.tokens:
            self.tokens[user] = self.run("token", user).split()[0]
        return self.tokens[user]

    def ask(self, method, path, user=None, body=None, **headers):
        """`body` is sent as JSON unless it is bytes; the path is below /api/v1 unless it names a
        root of its own. None as `user`: without a token."""
        if user:
            headers["Authorization"] = "Bearer " + self.token(user)
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        if not path.startswith("!"):
            path = "/api/v1" + path
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path.lstrip("!"), body, headers)
            return Answer(connection.getresponse())
        finally:
            connection.close()


    def figure(self, name):
        """The value of one series of /metrics."""
        for line in self.ask("GET", "!/metrics").body.decode().splitlines():
            if line.startswith(name + " "):
                return float(line.split()[1])
        raise SystemExit(f"/metrics has no {name}")

    def sql(self, text):
        """On the database itself, past the server; one statement without a result."""
        url = os.environ.get("KENEYAPP_DATABASE", "")
        if url.startswith("postgres"):
            subprocess.run(["psql", "--quiet", "--set", "ON_ERROR_STOP=1", url, "-c", text],
                           check=True)
            return
        database = sqlite3.connect(os.path.join(self.folder, "keneyapp.db"), timeout=20)
        with database:
            database.execute(text)
        database.close()


def await_(condition, what, patience_s=30):
    """Until condition() is true. Ends the test when that does not come."""
    end = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > end:
            raise SystemExit(f"waited {patience_s} s in vain: {what}")
        time.sleep(0.02)


def skip(why):
    print("skipped:", why)
    sys.exit(77)


class Checks:
    """Counts what is wrong and goes on."""

    def __init__(self, name):
        self.name = name
        self.made = self.failed = 0

    def equal(self, got, wanted, what):
        self.made += 1
        if got != wanted:
            self.failed += 1
            print(f"{self.name}: {what}: {got!r} in place of {wanted!r}", file=sys.stderr)
        return got == wanted

    def true(self, condition, what):
        return self.equal(bool(condition), True, what)

    def end(self):
        print(f"{self.made - self.failed} of {self.made} checks passed")
        sys.exit(1 if self.failed else 0)


def program():
    if len(sys.argv) < 2 or not os.access(sys.argv[1], os.X_OK):
        raise SystemExit(f"usage: {sys.argv[0]} PATH-OF-KENEYAPP")
    return sys.argv[1]
