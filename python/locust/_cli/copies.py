# SPDX-License-Identifier: Apache-2.0
"""--worker --processes N: this process as often, under one that only waits."""
import os
import signal
import sys

from gevent import subprocess

_COPY_VARIABLE = "KENEYPERF_LOCUST_COPY"


def count_of(processes: int) -> int:
    """-1: one for each processor."""
    return os.cpu_count() or 1 if processes == -1 else processes


def is_copy() -> bool:
    """True once, in a process that run_copies() made."""
    return os.environ.pop(_COPY_VARIABLE, None) is not None


def run_copies(count: int) -> int:
    """The largest exit code of them; one that a signal ended counts as 128 and that signal."""
    copies = [
        subprocess.Popen(
            sys.orig_argv, executable=sys.executable, env={**os.environ, _COPY_VARIABLE: "1"}
        )
        for _ in range(count)
    ]

    def pass_on(number, _) -> None:
        for copy in copies:
            copy.send_signal(number)

    signal.signal(signal.SIGTERM, pass_on)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to the copies as well
    codes = [copy.wait() for copy in copies]
    return max(code if code >= 0 else 128 - code for code in codes)
