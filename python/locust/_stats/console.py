# SPDX-License-Identifier: Apache-2.0
"""The tables on the terminal, and the JSON in their place. Numbers are cut, not rounded.

Tables go to the logger locust.stats_logger. Names that are longer than their column push the rest
of their line to the right; columns are the ones that scripts parse.
"""
import json
import logging
import os
from typing import Any, Callable

import gevent

import locust.stats as constants  # read when used: locustfiles change them

console_logger = logging.getLogger("locust.stats_logger")

FIXED_WIDTH = 80  # of all columns but the name
REQUEST_COLUMNS = (7, 13, 7, 7, 7, 7, 8, 11)


def fit_name_column() -> None:
    """Width of the names so that lines fill the terminal; unchanged when stdout is none."""
    try:
        columns = os.get_terminal_size().columns
    except OSError:
        return
    constants.STATS_NAME_WIDTH = max(0, min(columns - FIXED_WIDTH, 80))


def resize_handler(signum: int, frame: Any) -> None:
    if constants.STATS_AUTORESIZE:
        fit_name_column()


def _separator(name_width: int, columns: tuple[int, ...]) -> str:
    return "|".join("-" * width for width in (constants.STATS_TYPE_WIDTH, name_width, *columns))


def _request_name_width() -> int:
    return max(0, constants.STATS_NAME_WIDTH - 4)


def sorted_entries(stats: Any) -> list:
    """Rows of a table, by name and method."""
    entries = stats.entries
    return [entries[key] for key in sorted(entries, key=lambda key: (str(key[0]), str(key[1])))]


def sort_stats(stats: dict[Any, Any]) -> list:
    return [stats[key] for key in sorted(stats)]


def entry_line(entry: Any, current: bool) -> str:
    if current:
        rps, fails = entry.current_rps, entry.current_fail_per_sec
    else:
        rps, fails = entry.total_rps, entry.total_fail_per_sec
    failures = "%d(%.2f%%)" % (entry.num_failures, entry.fail_ratio * 100)
    return "%-*s  %-*s %7d %12s |%7d %7d %7d%7d | %7.2f %11.2f" % (
        constants.STATS_TYPE_WIDTH - 1,
        entry.method or "",
        _request_name_width(),
        entry.name,
        entry.num_requests,
        failures,
        entry.avg_response_time,
        entry.min_response_time or 0,
        entry.max_response_time,
        entry.median_response_time or 0,
        rps or 0,
        fails or 0,
    )


def get_stats_summary(stats: Any, current: bool = True) -> list[str]:
    """`current`: rates of the last seconds; else of the whole test."""
    name_width = _request_name_width()
    heads = ("# reqs", "# fails", "Avg", "Min", "Max", "Med", "req/s", "failures/s")
    separator = _separator(name_width, REQUEST_COLUMNS)
    head = "%-*s %-*s %7s %12s |%7s %7s %7s%7s | %7s %11s" % (
        constants.STATS_TYPE_WIDTH,
        "Type",
        name_width,
        "Name",
        *heads,
    )
    rows = [entry.to_string(current=current) for entry in sorted_entries(stats)]
    return [head, separator, *rows, separator, stats.total.to_string(current=current)]


def percentile_line(entry: Any) -> str:
    cells = [entry.get_response_time_percentile(p) for p in constants.PERCENTILES_TO_REPORT]
    return "%-*s %-*s %8d%s %6d" % (
        constants.STATS_TYPE_WIDTH,
        entry.method or "",
        constants.STATS_NAME_WIDTH,
        entry.name,
        cells[0],
        "".join(" %6d" % cell for cell in cells[1:]),
        entry.num_requests,
    )


def get_readable_percentiles(percentile_list: list[float]) -> list[str]:
    """0.999 as "99.9%"."""
    return [
        f"{int(p * 100) if (p * 100).is_integer() else round(100 * p, 6)}%" for p in percentile_list
    ]


def get_percentile_stats_summary(stats: Any) -> list[str]:
    first, *others = get_readable_percentiles(constants.PERCENTILES_TO_REPORT)
    head = "%-*s %-*s %8s%s %6s" % (
        constants.STATS_TYPE_WIDTH,
        "Type",
        constants.STATS_NAME_WIDTH,
        "Name",
        first,
        "".join(" %6s" % other for other in others),
        "# reqs",
    )
    separator = _separator(constants.STATS_NAME_WIDTH, (8, *(6 for _ in others), 6))
    rows = [entry.percentile() for entry in sorted_entries(stats) if entry.response_times]
    lines = ["Response time percentiles (approximated)", head, separator, *rows, separator]
    if stats.total.response_times:
        lines.append(stats.total.percentile())
    return lines


def get_error_report_summary(stats: Any) -> list[str]:
    separator = "-" * 18 + "|" + "-" * (constants.STATS_NAME_WIDTH + 61)
    rows = ["%-18i %-100s" % (e.occurrences, e.to_name()) for e in stats.errors.values()]
    head = "%-18s %-100s" % ("# occurrences", "Error")
    return ["Error report", head, separator, *rows, separator, ""]


def _log(lines: list[str]) -> None:
    for line in lines:
        console_logger.info(line)


def print_stats(stats: Any, current: bool = True) -> None:
    _log([*get_stats_summary(stats, current), ""])


def print_percentile_stats(stats: Any) -> None:
    _log([*get_percentile_stats_summary(stats), ""])


def print_error_report(stats: Any) -> None:
    if stats.errors:
        _log(get_error_report_summary(stats))


def stats_printer(stats: Any) -> Callable[[], None]:
    """For a greenlet: the table of requests each CONSOLE_STATS_INTERVAL_SEC."""

    def print_for_ever() -> None:
        while True:
            print_stats(stats)
            gevent.sleep(constants.CONSOLE_STATS_INTERVAL_SEC)

    return print_for_ever


def _json_text(stats: Any) -> str:
    rows = [entry.serialize() for entry in stats.entries.values() if entry.is_used]
    return json.dumps(rows, indent=4)


def print_stats_json(stats: Any) -> None:
    """On stdout."""
    print(_json_text(stats))


def save_stats_json(stats: Any, filename: str) -> None:
    """As FILENAME.json; OSError when it cannot be written."""
    with open(f"{filename}.json", "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(_json_text(stats))
