# SPDX-License-Identifier: Apache-2.0
"""The report of a test as one file that needs nothing else: tables in HTML, charts drawn by a small
script from the data that the page carries (`window.templateArgs`, Locust's keys).

Whatever comes from a locustfile or a server (names, errors, tracebacks, the host) is text here: it
is escaped once, by the function that writes it.
"""
import json
import pathlib
import string
import time
from typing import Any, Iterable

from locust import stats
from locust._report.data import distribution, format_duration, thinned, throughput
from locust._report.tables import (
    exceptions_section,
    failures_section,
    figures,
    header,
    notes as notes_list,
    ratio_section,
    requests_section,
    response_times_section,
)
from locust._runner.states import TEST_ENDED
from locust._stats.console import sorted_entries
from locust.user.inspectuser import get_ratio

PERCENTILES_FOR_HTML_REPORT = [0.50, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0]
FOLDER = pathlib.Path(__file__).parent / "_report"


def _user_counts(runner: Any) -> dict[str, int]:
    """Of the running test, or of the one that has just ended."""
    stopped = runner.state in TEST_ENDED
    return runner.final_user_classes_count if stopped else runner.user_classes_count


def _host(environment: Any) -> str:
    """One address for all users, or those of their classes."""
    if environment.host:
        return str(environment.host)
    hosts = {cls.host for cls in environment.user_classes if getattr(cls, "host", None)}
    return ", ".join(sorted(hosts)) or "None"


def _tasks(environment: Any) -> dict[str, Any]:
    counts = _user_counts(environment.runner)
    classes = environment.user_classes
    return {
        "per_class": get_ratio(classes, counts, False),
        "total": get_ratio(classes, counts, True),
    }


def _request_row(entry: Any) -> dict[str, Any]:
    """Locust rounds Min and Max, so that a Median of 12.5 could lie below a Min of 13."""
    exact = {
        "min_response_time": entry.min_response_time or 0,
        "max_response_time": entry.max_response_time,
    }
    return {**entry.to_dict(), **exact}


def _percentile_row(entry: Any) -> dict[str, Any]:
    row = {"name": entry.name, "method": entry.method}
    for percent in PERCENTILES_FOR_HTML_REPORT:
        row[str(percent)] = entry.get_response_time_percentile(percent)
    return row


def _add_last_point(runner: Any, end: str) -> None:
    """The charts reach to the last request; users are those that were there until then."""
    counted = runner.stats
    history = counted.history
    if not counted.use_response_times_cache or (history and history[-1]["time"] >= end):
        return
    stats.update_stats_history(runner, end)
    history[-1]["user_count"][1] = sum(_user_counts(runner).values())


def template_args(environment: Any, show_download_link: bool = False) -> dict[str, Any]:
    """What the page shows, as JSON. `throughput` and `distribution` are ours."""
    runner = environment.runner
    if runner is None:
        raise ValueError("a report needs a runner: call environment.create_local_runner() first")
    counted = runner.stats
    end = counted.last_request_timestamp or counted.start_time
    if runner.state in TEST_ENDED:
        _add_last_point(runner, stats.utc_text(end))
    entries = [*sorted_entries(counted), counted.total]
    return {
        "is_report": True,
        "show_download_link": show_download_link,
        "locustfile": str(environment.locustfile),
        "host": _host(environment),
        "profile": str(environment.profile) if getattr(environment, "profile", None) else None,
        "start_time": stats.utc_text(counted.start_time),
        "end_time": stats.utc_text(end),
        "duration": format_duration(counted.start_time, end),
        "requests_statistics": [_request_row(entry) for entry in entries],
        "response_time_statistics": [_percentile_row(entry) for entry in entries],
        "failures_statistics": [error.to_dict() for error in stats.sort_stats(counted.errors)],
        "exceptions_statistics": [
            {**seen, "nodes": ", ".join(sorted(seen["nodes"]))}
            for seen in runner.exceptions.values()
        ],
        "history": thinned(counted.history),
        "tasks": _tasks(environment),
        "percentiles_to_chart": stats.PERCENTILES_TO_CHART,
        "percentiles_to_statistics": stats.PERCENTILES_TO_STATISTICS,
        "throughput": throughput(counted.total, end),
        "distribution": distribution(counted.total.response_times),
    }


def process_html_filename(options: Any) -> None:
    """{u}, {r} and {t} in the name become the number of users, the spawn rate and the run time; a
    value that was not given leaves its sign."""
    values = {"u": options.num_users, "r": options.spawn_rate, "t": options.run_time}
    for sign, value in values.items():
        if value is not None:
            options.html_file = options.html_file.replace(f"{{{sign}}}", f"{value:.15g}")


def script_json(data: Any) -> str:
    """JSON that can stand in a <script>: nothing in it looks like markup."""
    text = json.dumps(data, default=str, sort_keys=True)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def get_html_report(
    environment: Any, show_download_link: bool = True, theme: str = "", notes: Iterable[str] = ()
) -> str:
    """The whole file. `theme`: light, dark, or "" for the reader's. `notes` stand before the
    figures."""
    args = template_args(environment, show_download_link)
    page = string.Template((FOLDER / "page.html").read_text(encoding="utf-8"))
    return page.substitute(
        theme=theme if theme in ("light", "dark") else "",
        style=(FOLDER / "report.css").read_text(encoding="utf-8"),
        script=(FOLDER / "report.js").read_text(encoding="utf-8"),
        template_args=script_json(args),
        written=stats.utc_text(time.time()),
        header=header(args),
        notes=notes_list(notes),
        figures=figures(args),
        requests=requests_section(args),
        response_times=response_times_section(args),
        failures=failures_section(args),
        exceptions=exceptions_section(args),
        ratio=ratio_section(args),
    )
