# SPDX-License-Identifier: Apache-2.0
"""One row of Locust's tables: what is derived from the counts that `_engine.Entry` keeps.

Response times are milliseconds. A row's rates use the begin and the last request of the whole test
(`stats`), as all rows of a table share one clock.
"""
import math
import time
from collections import OrderedDict, defaultdict
from typing import Any, NamedTuple

import locust.stats as constants  # read when used: locustfiles change them
from locust._engine import Entry
from locust._stats.console import entry_line, percentile_line

Number = int | float


class CachedResponseTimes(NamedTuple):
    """The histogram at the end of a second."""

    response_times: dict[Number, int]
    num_requests: int
    num_none_requests: int


def avg(values: list[Number]) -> float:
    return sum(values) / len(values) if values else 0.0


def calculate_response_time_percentile(
    response_times: dict[Number, int], num_requests: int, percent: float
) -> Number:
    """The smallest key above which lie at most (1 - percent) of the requests; 0 without any."""
    rest = int(num_requests * percent)
    left = num_requests
    for response_time in sorted(response_times, reverse=True):
        left -= response_times[response_time]
        if left <= rest:
            return response_time
    return 0


def diff_response_time_dicts(
    latest: dict[Number, int], old: dict[Number, int]
) -> dict[Number, int]:
    """What `latest` has more than the earlier `old`."""
    diff = {}
    for response_time, count in latest.items():
        more = count - old.get(response_time, 0)
        if more:
            diff[response_time] = more
    return diff


def _key(text: Any) -> Number:
    """A key of a count as it was before JSON made it a text."""
    if not isinstance(text, str):
        return text
    try:
        return int(text)
    except ValueError:
        return float(text)


def _counts(data: dict[Any, int]) -> defaultdict:
    return defaultdict(int, {_key(key): count for key, count in data.items()})


def _lesser(a: Number | None, b: Number | None) -> Number | None:
    if a is None or b is None:
        return b if a is None else a
    return b if b < a else a


def _whole(value: Number | None) -> Number:
    """Rounded as the report shows it, halves up."""
    return 0 if value is None else float(math.floor(value + 0.5))


class StatsEntry(Entry):
    """`stats` is the RequestStats that it belongs to. With `use_response_times_cache` it can tell
    the percentiles of the last seconds."""

    def __init__(
        self, stats: Any, name: str, method: str, use_response_times_cache: bool = False
    ) -> None:
        self.stats = stats
        self.name = name
        self.method = method
        self.use_response_times_cache = use_response_times_cache
        self.response_times_cache: OrderedDict[int, CachedResponseTimes] | None = None
        self.reset()

    def reset(self) -> None:
        self.start_time = time.time()
        self.num_requests = 0
        self.num_none_requests = 0
        self.num_failures = 0
        self.total_response_time = 0
        self.response_times = defaultdict(int)
        self.min_response_time = None
        self.max_response_time = 0
        self.last_request_timestamp = None
        self.num_reqs_per_sec = defaultdict(int)
        self.num_fail_per_sec = defaultdict(int)
        self.total_content_length = 0
        if self.use_response_times_cache:
            self.response_times_cache = OrderedDict()
            self._cache_response_times(int(self.start_time))

    @property
    def is_used(self) -> bool:
        return self.num_requests > 0 or self.num_failures > 0

    @property
    def fail_ratio(self) -> float:
        if self.num_requests:
            return self.num_failures / self.num_requests
        return 1.0 if self.num_failures else 0.0

    @property
    def avg_response_time(self) -> float:
        timed = self.num_requests - self.num_none_requests
        return self.total_response_time / timed if timed else 0.0

    @property
    def median_response_time(self) -> Number:
        """The 50th percentile, but never outside of what was measured: its key is rounded."""
        if not self.response_times:
            return 0
        median = self.get_response_time_percentile(0.5)
        lowest = self.min_response_time
        if lowest is not None and median < lowest:
            return lowest
        return min(median, self.max_response_time)

    def _current_per_sec(self, per_second: dict[int, int]) -> float:
        """Mean of the whole seconds from 12 to 2 before the last request of the test."""
        last = self.stats.last_request_timestamp
        if last is None:
            return 0
        first = max(int(last) - 12, int(self.stats.start_time or 0))
        return avg([per_second.get(second, 0) for second in range(first, int(last) - 2)])

    @property
    def current_rps(self) -> float:
        return self._current_per_sec(self.num_reqs_per_sec)

    @property
    def current_fail_per_sec(self) -> float:
        return self._current_per_sec(self.num_fail_per_sec)

    def _total_per_sec(self, count: int) -> float:
        last = self.stats.last_request_timestamp
        begin = self.stats.start_time
        if not last or not begin or last <= begin:
            return 0.0
        return count / (last - begin)

    @property
    def total_rps(self) -> float:
        return self._total_per_sec(self.num_requests)

    @property
    def total_fail_per_sec(self) -> float:
        return self._total_per_sec(self.num_failures)

    @property
    def avg_content_length(self) -> float:
        return self.total_content_length / self.num_requests if self.num_requests else 0

    def extend(self, other: "StatsEntry") -> None:
        """Adds the counts of `other`."""
        before = self.last_request_timestamp
        if other.last_request_timestamp is not None:
            self.last_request_timestamp = max(before or 0.0, other.last_request_timestamp)
        self.start_time = min(self.start_time, other.start_time)
        self.num_requests += other.num_requests
        self.num_none_requests += other.num_none_requests
        self.num_failures += other.num_failures
        self.total_response_time += other.total_response_time
        self.max_response_time = max(self.max_response_time, other.max_response_time)
        self.min_response_time = _lesser(self.min_response_time, other.min_response_time)
        self.total_content_length += other.total_content_length
        for name in ("response_times", "num_reqs_per_sec", "num_fail_per_sec"):
            counts = getattr(self, name)
            for key, count in getattr(other, name).items():
                counts[key] = counts.get(key, 0) + count
        last = self.last_request_timestamp
        if self.use_response_times_cache and last and int(last) > int(before or 0):
            self._cache_response_times(int(last))

    def serialize(self) -> dict[str, Any]:
        """The counts themselves, not copies. JSON makes their keys texts; unserialize() reads
        both."""
        return {
            "name": self.name,
            "method": self.method,
            "last_request_timestamp": self.last_request_timestamp,
            "start_time": self.start_time,
            "num_requests": self.num_requests,
            "num_none_requests": self.num_none_requests,
            "num_failures": self.num_failures,
            "total_response_time": self.total_response_time,
            "max_response_time": self.max_response_time,
            "min_response_time": self.min_response_time,
            "total_content_length": self.total_content_length,
            "response_times": self.response_times,
            "num_reqs_per_sec": self.num_reqs_per_sec,
            "num_fail_per_sec": self.num_fail_per_sec,
        }

    @classmethod
    def unserialize(cls, data: dict[str, Any], stats: Any = None) -> "StatsEntry":
        entry = cls(stats, data["name"], data["method"])
        for name in (
            "last_request_timestamp",
            "start_time",
            "num_requests",
            "num_none_requests",
            "num_failures",
            "total_response_time",
            "max_response_time",
            "min_response_time",
            "total_content_length",
        ):
            setattr(entry, name, data[name])
        for name in ("response_times", "num_reqs_per_sec", "num_fail_per_sec"):
            setattr(entry, name, _counts(data[name]))
        return entry

    def get_stripped_report(self) -> dict[str, Any]:
        """What was counted since the last call."""
        report = self.serialize()
        self.reset()
        return report

    def get_response_time_percentile(self, percent: float) -> Number:
        timed = self.num_requests - self.num_none_requests
        return calculate_response_time_percentile(self.response_times, timed, percent)

    def get_current_response_time_percentile(self, percent: float) -> Number | None:
        """Of about the last CURRENT_RESPONSE_TIME_PERCENTILE_WINDOW seconds; None when there is
        no histogram of that age to compare with."""
        if not self.use_response_times_cache or self.response_times_cache is None:
            raise ValueError(
                "StatsEntry.use_response_times_cache must be set to True to calculate the "
                "_current_ response time percentile"
            )
        begin = int(time.time()) - constants.CURRENT_RESPONSE_TIME_PERCENTILE_WINDOW
        cached = self.response_times_cache.get(begin)
        for distance in range(1, 9):
            cached = cached or self.response_times_cache.get(begin - distance)
            cached = cached or self.response_times_cache.get(begin + distance)
        if not cached:
            return None
        timed = (self.num_requests - self.num_none_requests) - (
            cached.num_requests - cached.num_none_requests
        )
        recent = diff_response_time_dicts(self.response_times, cached.response_times)
        return calculate_response_time_percentile(recent, timed, percent)

    def _cache_response_times(self, t: int) -> None:
        """Called by Entry.log() with the second that is over."""
        if self.response_times_cache is None:
            self.response_times_cache = OrderedDict()
        self.response_times_cache[t] = CachedResponseTimes(
            self.response_times.copy(), self.num_requests, self.num_none_requests
        )
        kept = constants.CURRENT_RESPONSE_TIME_PERCENTILE_WINDOW + 10
        while len(self.response_times_cache) > kept:
            self.response_times_cache.popitem(last=False)

    def to_string(self, current: bool = True) -> str:
        return entry_line(self, current)

    def __str__(self) -> str:
        return self.to_string(current=True)

    def percentile(self) -> str:
        if not self.num_requests:
            raise ValueError("Can't calculate percentile on url with no successful requests")
        return percentile_line(self)

    def to_dict(self, escape_string_values: bool = False) -> dict[str, Any]:
        """As the report and /stats/requests show it. Nothing is escaped here: whoever writes HTML
        does that."""
        row = {
            "method": self.method,
            "name": self.name,
            "num_requests": self.num_requests,
            "num_failures": self.num_failures,
            "min_response_time": _whole(self.min_response_time),
            "max_response_time": _whole(self.max_response_time),
            "current_rps": self.current_rps,
            "current_fail_per_sec": self.current_fail_per_sec,
            "avg_response_time": self.avg_response_time,
            "median_response_time": self.median_response_time,
            "total_rps": self.total_rps,
            "total_fail_per_sec": self.total_fail_per_sec,
        }
        for percent in constants.PERCENTILES_TO_STATISTICS:
            row[f"response_time_percentile_{percent}"] = self.get_response_time_percentile(percent)
        row["avg_content_length"] = self.avg_content_length
        return row
