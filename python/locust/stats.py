# SPDX-License-Identifier: Apache-2.0
"""Locust's statistics: rows by name and method, their total, and the errors.

on_request() is the only thing that runs for each request; a sample is stamped once and counted in
its row and in the total by C. Constants are Locust's: a locustfile changes them by assignment, so
whoever needs one reads it from this module at the moment of use.
"""
import datetime
import logging
import signal
import sys
import threading
import time
from typing import Any

import gevent

CONSOLE_STATS_INTERVAL_SEC = 2
HISTORY_STATS_INTERVAL_SEC = 5
CSV_STATS_INTERVAL_SEC = 1
CSV_STATS_FLUSH_INTERVAL_SEC = 5
CURRENT_RESPONSE_TIME_PERCENTILE_WINDOW = 10
PERCENTILES_TO_REPORT = [0.50, 0.66, 0.75, 0.80, 0.90, 0.95, 0.98, 0.99, 0.999, 0.9999, 1.0]
PERCENTILES_TO_STATISTICS = [0.95, 0.99]
PERCENTILES_TO_CHART = [0.50, 0.95]
MAX_PERCENTILES_TO_CHART = 6

STATS_NAME_WIDTH = 80  # columns; follows the terminal while STATS_AUTORESIZE is set
STATS_TYPE_WIDTH = 8
STATS_AUTORESIZE = True

# The modules below read these constants, so they come after them.
from locust._runner.states import NOT_STARTED, STATE_STOPPED as STATE_STOPPED  # noqa: E402
from locust._stats.console import (  # noqa: E402
    console_logger as console_logger,
    fit_name_column,
    get_error_report_summary as get_error_report_summary,
    get_percentile_stats_summary as get_percentile_stats_summary,
    get_readable_percentiles as get_readable_percentiles,
    get_stats_summary as get_stats_summary,
    print_error_report as print_error_report,
    print_percentile_stats as print_percentile_stats,
    print_stats as print_stats,
    print_stats_json as print_stats_json,
    resize_handler,
    save_stats_json as save_stats_json,
    sort_stats as sort_stats,
    stats_printer as stats_printer,
)
from locust._stats.csv_files import (  # noqa: E402
    StatsCSV as StatsCSV,
    StatsCSVFileWriter as StatsCSVFileWriter,
)
from locust._stats.entry import (  # noqa: E402
    CachedResponseTimes as CachedResponseTimes,
    StatsEntry,
    avg as avg,
    calculate_response_time_percentile as calculate_response_time_percentile,
    diff_response_time_dicts as diff_response_time_dicts,
)
from locust._stats.error import StatsError  # noqa: E402

logger = logging.getLogger(__name__)


class RequestStatsAdditionError(Exception):
    pass


def bucket_response_time(response_time: int | float) -> int:
    """Key of the histogram: below 100 ms whole, then two significant digits up to 10 s, thousands
    above. Assign another function to have other keys; while this one is in place, C does it."""
    if response_time < 100:
        return round(response_time)
    if response_time < 1000:
        return int(round(response_time, -1))
    if response_time < 10000:
        return int(round(response_time, -2))
    return int(round(response_time, -3))


_own_bucket = bucket_response_time


class EntriesDict(dict):
    """(name, method) to StatsEntry; a row is made when it is first asked for."""

    def __init__(self, request_stats: "RequestStats") -> None:
        super().__init__()
        self.request_stats = request_stats

    def __missing__(self, key: tuple[str, str]) -> StatsEntry:
        name, method = key
        stats = self.request_stats
        entry = StatsEntry(stats, name, method, stats.use_response_times_cache)
        self[key] = entry
        return entry


class RequestStats:
    """Everything that a test counted. `use_response_times_cache`: the percentiles of the last
    seconds can be asked for."""

    def __init__(self, use_response_times_cache: bool = True) -> None:
        self.use_response_times_cache = use_response_times_cache
        self.clear_all()

    @property
    def num_requests(self) -> int:
        return self.total.num_requests

    @property
    def num_none_requests(self) -> int:
        return self.total.num_none_requests

    @property
    def num_failures(self) -> int:
        return self.total.num_failures

    @property
    def last_request_timestamp(self) -> float | None:
        return self.total.last_request_timestamp

    @property
    def start_time(self) -> float:
        return self.total.start_time

    def on_request(
        self,
        request_type: str,
        name: str,
        response_time: float | None,
        response_length: int | None,
        exception: Any,
    ) -> None:
        """One request. `response_time` in ms, None when it was not timed; anything true as
        `exception` makes it a failure."""
        now = time.time()
        key = None
        if bucket_response_time is not _own_bucket and response_time is not None:
            key = bucket_response_time(response_time)
        self.total.log(response_time, response_length, now, key)
        self.entries[name, request_type].log(response_time, response_length, now, key)
        if exception:
            self._log_error(request_type, name, exception, now)

    def log_request(
        self, method: str, name: str, response_time: float | None, content_length: int
    ) -> None:
        self.on_request(method, name, response_time, content_length, None)

    def log_error(self, method: str, name: str, error: Any) -> None:
        self._log_error(method, name, error, time.time())

    def _log_error(self, method: str, name: str, error: Any, now: float) -> None:
        self.total.log_error(error, now)
        self.entries[name, method].log_error(error, now)
        text = (method, name, StatsError.parse_error(error))
        key = self._error_keys.get(text)
        if key is None:
            key = self._error_keys[text] = StatsError.create_key(method, name, error)
        row = self.errors.get(key)
        if row is None:
            row = self.errors[key] = StatsError(method, name, error)
        row.occurred(now)

    def get(self, name: str, method: str) -> StatsEntry:
        return self.entries[name, method]

    def _clear_errors(self) -> None:
        self.errors: dict[str, StatsError] = {}
        self._error_keys: dict[tuple[str, str, str], str] = {}  # keys of `errors`, once computed

    def reset_all(self) -> None:
        """Counts from 0; the rows stay."""
        self.total.reset()
        for entry in self.entries.values():
            entry.reset()
        self._clear_errors()
        self.history = []

    def clear_all(self) -> None:
        """As new."""
        self.entries = EntriesDict(self)
        self.total = StatsEntry(self, "Aggregated", "", self.use_response_times_cache)
        self._clear_errors()
        self.history: list[dict[str, Any]] = []

    def serialize_stats(self) -> list[dict[str, Any]]:
        """Rows with anything in them; sets their counts to 0."""
        used = [entry for entry in self.entries.values() if entry.is_used]
        return [entry.get_stripped_report() for entry in used]

    def serialize_errors(self) -> dict[str, dict[str, Any]]:
        return {key: error.serialize() for key, error in self.errors.items()}

    def take_delta(self) -> dict[str, Any]:
        """What was counted since the last call, for add_delta() of another process; JSON carries
        it exactly."""
        delta = {
            "stats": self.serialize_stats(),
            "stats_total": self.total.get_stripped_report(),
            "errors": self.serialize_errors(),
        }
        self._clear_errors()
        return delta

    def add_delta(self, delta: dict[str, Any]) -> None:
        for data in delta["stats"]:
            row = StatsEntry.unserialize(data, self)
            self.entries[row.name, row.method].extend(row)
        self.total.extend(StatsEntry.unserialize(delta["stats_total"], self))
        for key, data in delta["errors"].items():
            seen = StatsError.unserialize(data)
            if key in self.errors:
                self.errors[key].add(seen)
            else:
                self.errors[key] = seen


def setup_distributed_stats_event_listeners(events: Any, stats: RequestStats) -> None:
    """A worker's report carries its delta; the master adds it."""

    def on_report_to_master(client_id: str, data: dict[str, Any], **_: Any) -> None:
        data.update(stats.take_delta())

    def on_worker_report(client_id: str, data: dict[str, Any], **_: Any) -> None:
        stats.add_delta(data)

    events.report_to_master.add_listener(on_report_to_master)
    events.worker_report.add_listener(on_worker_report)


def utc_text(timestamp: float) -> str:
    """time.time() as 2026-11-22T15:35:00Z."""
    moment = datetime.datetime.fromtimestamp(int(timestamp), datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def update_stats_history(runner: Any, timestamp: str | None = None) -> None:
    """Adds a point of the report's charts: what the test does now."""
    stats = runner.stats
    if timestamp is None:
        timestamp = utc_text(time.time())
    point = {
        f"response_time_percentile_{p}": stats.total.get_current_response_time_percentile(p) or 0
        for p in PERCENTILES_TO_CHART
    }
    point["current_rps"] = stats.total.current_rps or 0
    point["current_fail_per_sec"] = stats.total.current_fail_per_sec or 0
    point["total_avg_response_time"] = round(stats.total.avg_response_time, 2)
    point["user_count"] = runner.user_count or 0
    pairs: dict[str, Any] = {name: [timestamp, value] for name, value in point.items()}
    stats.history.append({**pairs, "time": timestamp})


def stats_history(runner: Any) -> None:
    """For a greenlet: a point each HISTORY_STATS_INTERVAL_SEC while a test runs."""
    while runner.stats.total.use_response_times_cache:
        if runner.state not in NOT_STARTED:
            update_stats_history(runner)
        gevent.sleep(HISTORY_STATS_INTERVAL_SEC)


def _is_valid_percentile(parameter: Any) -> bool:
    try:
        return 0 < float(parameter) < 1
    except (TypeError, ValueError):
        return False


def validate_stats_configuration() -> None:
    """Ends the program with code 1 when a locustfile set percentiles that cannot be shown."""
    for name in ("PERCENTILES_TO_CHART", "PERCENTILES_TO_STATISTICS"):
        for parameter in globals()[name]:
            if not _is_valid_percentile(parameter):
                sys.exit(
                    f"stats.{name} parameter need to be float and value between. "
                    "0 < percentile < 1 Eg 0.95"
                )
    if len(PERCENTILES_TO_CHART) > MAX_PERCENTILES_TO_CHART:
        sys.exit("stats.PERCENTILES_TO_CHART parameter should be a maximum of 6 parameters")


fit_name_column()
if hasattr(signal, "SIGWINCH") and threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGWINCH, resize_handler)
