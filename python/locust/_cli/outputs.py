# SPDX-License-Identifier: Apache-2.0
"""What a run prints and writes: tables while it lasts and at its end, CSV, HTML and JSON."""
import logging
import os
import sys
from typing import NoReturn

import gevent

from locust import stats
from locust.html import get_html_report, process_html_filename
from locust.log import spawn_logged

logger = logging.getLogger("locust.main")
_CSV_TABLES = ("stats", "stats_history", "failures", "exceptions")


def check(options) -> None:
    """Exits 1 before the run when a file could not be written at its end. Fills in the name of the
    HTML file; makes missing folders."""
    if options.worker:
        return
    if options.html_file:
        process_html_filename(options)
        _check_file("--html", options.html_file)
    if options.json_file:
        _check_file("--json-file", options.json_file + ".json")
    if options.csv_prefix:
        for table in _CSV_TABLES:
            _check_file("--csv", f"{options.csv_prefix}_{table}.csv")


def _check_file(option: str, path: str) -> None:
    folder = os.path.dirname(path)
    try:
        if folder:
            os.makedirs(folder, exist_ok=True)
    except OSError as error:
        _refuse(option, path, f"{error.strerror}: {error.filename}")
    if os.path.isdir(path):
        _refuse(option, path, "it is a folder")
    target = path if os.path.exists(path) else folder or "."
    if not os.access(target, os.W_OK):
        _refuse(option, path, f"no permission to write to {target}")


def _refuse(option: str, path: str, reason: str) -> NoReturn:
    sys.stderr.write(
        f"locust: error: {option}: {path} cannot be written: {reason}. Give another place.\n"
    )
    sys.exit(1)


class Outputs:
    """Of one run. Nothing in a worker."""

    def __init__(self, environment, options) -> None:
        self.environment = environment
        self.options = options
        self._greenlets: list[gevent.Greenlet] = []
        self._csv: stats.StatsCSVFileWriter | None = None

    def start(self) -> None:
        """Periodic tables and files."""
        if self.options.worker:
            return
        if self.options.csv_prefix:
            self._csv = stats.StatsCSVFileWriter(
                self.environment,
                stats.PERCENTILES_TO_REPORT,
                self.options.csv_prefix,
                self.options.stats_history_enabled,
            )
            self._spawn(self._csv.stats_writer)
        if not self.options.only_summary:
            self._spawn(stats.stats_printer(self.environment.stats))
        self._spawn(stats.stats_history, self.environment.runner)

    def _spawn(self, function, *args) -> None:
        self._greenlets.append(spawn_logged(logger, function, *args))

    def finish(self, notes: list[str]) -> bool:
        """After the last user: what to know before the figures, the figures, the files. False when
        a file could not be written."""
        gevent.killall(self._greenlets)
        if self.options.worker:
            return True
        for note in notes:
            logger.warning(note)
        if not self.options.json_file:
            self._print_tables()
        return self._write_files(notes)

    def _print_tables(self) -> None:
        stats.print_stats(self.environment.stats, current=False)
        stats.print_percentile_stats(self.environment.stats)
        stats.print_error_report(self.environment.stats)

    def _write_files(self, notes: list[str]) -> bool:
        options, all_well = self.options, True
        if options.json:
            all_well = _written("the JSON on stdout", self._print_json)
        if self._csv:
            self._csv.close_files()
        if options.html_file:
            all_well &= _written(options.html_file, self._write_html, options.html_file, notes)
        if options.json_file:
            path = f"{options.json_file}.json"
            save = stats.save_stats_json
            all_well &= _written(path, save, self.environment.stats, options.json_file)
        return all_well

    def _print_json(self) -> None:
        try:
            stats.print_stats_json(self.environment.stats)
            sys.stdout.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # Python tries again at its end
            raise

    def _write_html(self, path: str, notes: list[str]) -> None:
        report = get_html_report(self.environment, show_download_link=False, notes=notes)
        with open(path, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(report)


def _written(place: str, write, *args) -> bool:
    """False, and said, when it failed. The error of a full disk does not name the file."""
    try:
        write(*args)
    except OSError as error:
        logger.error(
            "%s cannot be written: %s. Make room or choose another place.",
            place,
            error.strerror or error,
        )
        return False
    return True
