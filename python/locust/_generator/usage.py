# SPDX-License-Identifier: Apache-2.0
"""What this process itself uses: the generator's own load is part of every result."""
import os
import time

SHORTEST_S = 0.1
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class UsageMeter:
    """CPU since the last reading; 0.0 when there was hardly any time to measure."""

    def __init__(self):
        self._wall = time.monotonic()
        self._cpu = time.process_time()

    def cpu_percent(self) -> float:
        """Of one core."""
        wall, cpu = time.monotonic(), time.process_time()
        passed, used = wall - self._wall, cpu - self._cpu
        if passed < SHORTEST_S:
            return 0.0
        self._wall, self._cpu = wall, cpu
        return round(used / passed * 100, 1)


def resident_bytes() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * _PAGE_BYTES
