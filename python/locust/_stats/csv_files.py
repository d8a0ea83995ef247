# SPDX-License-Identifier: Apache-2.0
"""Locust's CSV files: PREFIX_stats, _failures and _exceptions, written anew each second, and
_stats_history, which grows. Lines end in CRLF, numbers are as exact as they are.
"""
import csv
import io
import logging
import os
import time
from typing import Any, Protocol

import gevent

import locust.stats as constants  # read when used: locustfiles change them
from locust import log
from locust._stats.console import get_readable_percentiles, sort_stats, sorted_entries

logger = logging.getLogger("locust.stats")


class CSVWriter(Protocol):
    def writerow(self, columns: list) -> None: ...


def _seen(timestamp: float | None) -> str:
    return "" if timestamp is None else constants.utc_text(timestamp)


class StatsCSV:
    """The tables as rows for a csv.writer; also what a download of them consists of."""

    def __init__(self, environment: Any, percentiles_to_report: list[float]) -> None:
        self.environment = environment
        self.percentiles_to_report = percentiles_to_report
        self.percentiles_na = ["N/A"] * len(percentiles_to_report)
        self.requests_csv_columns = [
            "Type",
            "Name",
            "Request Count",
            "Failure Count",
            "Median Response Time",
            "Average Response Time",
            "Min Response Time",
            "Max Response Time",
            "Average Content Size",
            "Requests/s",
            "Failures/s",
            *get_readable_percentiles(percentiles_to_report),
        ]
        self.failures_columns = [
            "Method",
            "Name",
            "Error",
            "Occurrences",
            "First Seen",
            "Last Seen",
        ]
        self.exceptions_columns = ["Count", "Message", "Traceback", "Nodes"]

    def _percentile_fields(self, stats_entry: Any, use_current: bool = False) -> list:
        if not stats_entry.num_requests:
            return self.percentiles_na
        percentile = stats_entry.get_response_time_percentile
        if use_current:
            percentile = stats_entry.get_current_response_time_percentile
        return [int(percentile(p) or 0) for p in self.percentiles_to_report]

    def requests_csv(self, csv_writer: CSVWriter) -> None:
        csv_writer.writerow(self.requests_csv_columns)
        stats = self.environment.stats
        for entry in [*sorted_entries(stats), stats.total]:
            csv_writer.writerow(
                [
                    entry.method,
                    entry.name,
                    entry.num_requests,
                    entry.num_failures,
                    entry.median_response_time,
                    entry.avg_response_time,
                    entry.min_response_time or 0,
                    entry.max_response_time,
                    entry.avg_content_length,
                    entry.total_rps,
                    entry.total_fail_per_sec,
                    *self._percentile_fields(entry),
                ]
            )

    def failures_csv(self, csv_writer: CSVWriter) -> None:
        csv_writer.writerow(self.failures_columns)
        for error in sort_stats(self.environment.stats.errors):
            csv_writer.writerow(
                [
                    error.method,
                    error.name,
                    error.parse_error(error.error),
                    error.occurrences,
                    _seen(error.first_seen),
                    _seen(error.last_seen),
                ]
            )

    def exceptions_csv(self, csv_writer: CSVWriter) -> None:
        csv_writer.writerow(self.exceptions_columns)
        for seen in self.environment.runner.exceptions.values():
            nodes = ", ".join(sorted(seen["nodes"]))
            csv_writer.writerow([seen["count"], seen["msg"], seen["traceback"], nodes])

    def close_files(self) -> None:
        """Nothing here is a file."""


class StatsCSVFileWriter(StatsCSV):
    """Keeps the four files while a test runs; stats_writer() is for a greenlet. OSError when a file
    cannot be opened; a folder that is missing is made."""

    def __init__(
        self,
        environment: Any,
        percentiles_to_report: list[float],
        base_filepath: str,
        full_history: bool = False,
    ) -> None:
        super().__init__(environment, percentiles_to_report)
        self.base_filepath = base_filepath
        self.full_history = full_history
        self.stats_history_csv_columns = [
            "Timestamp",
            "User Count",
            "Type",
            "Name",
            "Requests/s",
            "Failures/s",
            *get_readable_percentiles(percentiles_to_report),
            "Total Request Count",
            "Total Failure Count",
            "Total Median Response Time",
            "Total Average Response Time",
            "Total Min Response Time",
            "Total Max Response Time",
            "Total Average Content Size",
        ]
        folder = os.path.dirname(base_filepath)
        if folder:
            os.makedirs(folder, exist_ok=True)
        self.requests_csv_filehandle = self._open("stats")
        self.stats_history_csv_filehandle = self._open("stats_history")
        self.failures_csv_filehandle = self._open("failures")
        self.exceptions_csv_filehandle = self._open("exceptions")
        self.stats_history_csv_writer = csv.writer(self.stats_history_csv_filehandle)
        self.stats_history_csv_writer.writerow(self.stats_history_csv_columns)
        self._last_history_second = 0
        self._is_broken = False

    def _open(self, table: str) -> io.TextIOWrapper:
        path = f"{self.base_filepath}_{table}.csv"
        return open(path, "w", encoding="utf-8", errors="backslashreplace", newline="")

    def stats_history_file_name(self) -> str:
        return f"{self.base_filepath}_stats_history.csv"

    def __call__(self) -> None:
        self.stats_writer()

    def stats_writer(self) -> None:
        flushed = 0.0
        try:
            while True:
                now = time.time()
                self._write_tables(now)
                if now - flushed >= constants.CSV_STATS_FLUSH_INTERVAL_SEC:
                    self.stats_history_flush()
                    flushed = now
                gevent.sleep(constants.CSV_STATS_INTERVAL_SEC)
        except OSError as error:
            self._say(error)

    def _say(self, error: OSError) -> None:
        """Once. The run ends with code 2."""
        log.unhandled_greenlet_exception = True
        if self._is_broken:
            return
        self._is_broken = True
        logger.error(
            f"{self.base_filepath}_*.csv are not complete ({error.strerror or error}): "
            "make room or choose another place with --csv"
        )

    def _write_tables(self, now: float) -> None:
        self._rewrite_tables()
        self._stats_history_data_rows(self.stats_history_csv_writer, now)

    def _rewrite_tables(self) -> None:
        self._rewrite(self.requests_csv_filehandle, self.requests_csv)
        self._rewrite(self.failures_csv_filehandle, self.failures_csv)
        self._rewrite(self.exceptions_csv_filehandle, self.exceptions_csv)

    def _rewrite(self, file: io.TextIOWrapper, table: Any) -> None:
        """In one write, so that somebody who reads meanwhile sees a whole table."""
        text = io.StringIO(newline="")
        table(csv.writer(text))
        file.seek(0)
        file.write(text.getvalue())
        file.truncate()
        file.flush()

    def _stats_history_data_rows(self, csv_writer: CSVWriter, now: float) -> None:
        """The total; with full history each row before it, with the percentiles of the last
        seconds in place of those since the start."""
        stats = self.environment.stats
        timestamp = int(now)
        entries = sorted_entries(stats) if self.full_history else []
        for entry in [*entries, stats.total]:
            csv_writer.writerow(
                [
                    timestamp,
                    self.environment.runner.user_count,
                    entry.method or "",
                    entry.name,
                    f"{entry.current_rps:.6f}",
                    f"{entry.current_fail_per_sec:.6f}",
                    *self._percentile_fields(entry, use_current=self.full_history),
                    entry.num_requests,
                    entry.num_failures,
                    entry.median_response_time,
                    entry.avg_response_time,
                    entry.min_response_time or 0,
                    entry.max_response_time,
                    entry.avg_content_length,
                ]
            )
        self._last_history_second = timestamp

    def requests_flush(self) -> None:
        self.requests_csv_filehandle.flush()

    def stats_history_flush(self) -> None:
        self.stats_history_csv_filehandle.flush()

    def failures_flush(self) -> None:
        self.failures_csv_filehandle.flush()

    def exceptions_flush(self) -> None:
        self.exceptions_csv_filehandle.flush()

    def close_files(self) -> None:
        """Writes what came since the last second, so that the files hold the whole test. Fine when
        closed."""
        if self.requests_csv_filehandle.closed:
            return
        for step in (self._write_last_rows, *(file.close for file in self._files())):
            try:
                step()
            except OSError as error:
                self._say(error)

    def _files(self) -> list[io.TextIOWrapper]:
        return [
            self.requests_csv_filehandle,
            self.stats_history_csv_filehandle,
            self.failures_csv_filehandle,
            self.exceptions_csv_filehandle,
        ]

    def _write_last_rows(self) -> None:
        self._rewrite_tables()
        now = time.time()
        if int(now) > self._last_history_second:
            self._stats_history_data_rows(self.stats_history_csv_writer, now)
        self.stats_history_flush()
