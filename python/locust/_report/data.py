# SPDX-License-Identifier: Apache-2.0
"""What the report's charts and head are drawn from."""
from typing import Any

Number = int | float

MAX_POINTS = 400  # of a chart: more than its pixels show is only a larger file
STEPS_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)
# Bins of the distribution, for each power of ten: as even as whole milliseconds allow.
EDGES = (10, 13, 16, 20, 25, 32, 40, 50, 63, 80)


def _plural(count: int, unit: str) -> str:
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def format_duration(start_time: float, end_time: float) -> str:
    """Whole seconds as "1 hour, 2 minutes and 3 seconds"."""
    rest = max(0, round(end_time - start_time))
    parts = []
    for unit, seconds in (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1)):
        count, rest = divmod(rest, seconds)
        if count:
            parts.append(_plural(count, unit))
    if not parts:
        return "0 seconds"
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def _step(seconds: int) -> int:
    for step in STEPS_SECONDS:
        if seconds <= step * MAX_POINTS:
            return step
    return -(-seconds // MAX_POINTS)


def throughput(total: Any, end: float) -> list[list[float]]:
    """[seconds since the start, requests/s, failures/s] from the counts of each second, in steps
    that keep the chart small. The first and the last second are not whole: they count as long as
    they lasted, and not at all when that is too short to tell a rate."""
    start = total.start_time
    step = _step(int(end - start) + 1)
    points = []
    for begin in range(int(start), int(end) + 1, step):
        covered = min(begin + step, end) - max(begin, start)
        if covered < step * 0.25:
            continue
        seconds = range(begin, begin + step)
        requests = sum(total.num_reqs_per_sec.get(second, 0) for second in seconds)
        failures = sum(total.num_fail_per_sec.get(second, 0) for second in seconds)
        middle = max(begin, start) + covered / 2 - start
        points.append([round(middle, 3), requests / covered, failures / covered])
    return points


def thinned(points: list[Any]) -> list[Any]:
    """At most MAX_POINTS, evenly picked, the last one among them."""
    step = -(-len(points) // MAX_POINTS) or 1
    return points[::-1][::step][::-1]


def _bin(milliseconds: Number) -> tuple[int, int]:
    """From and below, of the bin that holds a histogram key."""
    if milliseconds < 10:
        whole = max(0, int(milliseconds))
        return (whole, whole + 1)
    power = 1
    while milliseconds >= 100 * power:
        power *= 10
    edges = [edge * power for edge in (*EDGES, 100)]
    for low, high in zip(edges, edges[1:]):
        if milliseconds < high:
            return (low, high)
    raise AssertionError("the last edge is above every key")


def distribution(response_times: dict[Number, int]) -> list[list[int]]:
    """[from ms, below ms, count] without gaps between the first bin and the last."""
    counts: dict[tuple[int, int], int] = {}
    for key, count in response_times.items():
        edges = _bin(key)
        counts[edges] = counts.get(edges, 0) + count
    if not counts:
        return []
    edges, last = min(counts), max(counts)
    bins = []
    while edges <= last:
        bins.append([*edges, counts.get(edges, 0)])
        edges = _bin(edges[1])
    return bins
