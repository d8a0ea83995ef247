# SPDX-License-Identifier: Apache-2.0
"""Starts `locust` as a process, in a folder with a locustfile that needs no network."""
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import unittest

import locust

LAUNCH = os.path.join(os.path.dirname(os.path.dirname(locust.__file__)), "launch.py")
GOOD = """
import sys
from locust import User, events, task

class A(User):
    wait_time = lambda self: 0.02
    @task
    def report(self):
        error = ValueError("no") if FAILS else None
        self.environment.events.request.fire(
            request_type="X", name="a", response_time=1, response_length=2, exception=error
        )
FAILS = False
"""


class LocustProcess(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.write("good.py", GOOD)

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w") as file:
            file.write(textwrap.dedent(text))

    def start(self, *args, **variables):
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("LOCUST_", "KENEYPERF_"))}
        return subprocess.Popen(
            [sys.executable, LAUNCH, *args],
            cwd=self.folder,
            env={**clean, "HOME": self.folder, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # a test that runs in the background of a shell would hand on that SIGINT is ignored
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def run_locust(self, *args, **variables):
        """(exit code, stdout, stderr)."""
        return self.end_of(self.start(*args, **variables))

    def end_of(self, process):
        out, errors = process.communicate(timeout=50)
        return process.returncode, out, errors

    def read(self, name):
        with open(os.path.join(self.folder, name)) as file:
            return file.read()
