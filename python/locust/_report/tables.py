# SPDX-License-Identifier: Apache-2.0
"""The report's head and tables as HTML, from its `template_args`. Every function escapes what it
is given; a table can be read without any script."""
import datetime
from html import escape
from typing import Any, Iterable


def number(value: Any, digits: int = 0) -> str:
    """1234.5 as "1,234.5"."""
    return f"{value:,.{digits}f}"


def _milliseconds(value: Any) -> str:
    """As many digits as matter: 1,234 and 12.5 and 0.25."""
    whole = value >= 100 or value == int(value)
    return number(value, 0 if whole else 1 if value >= 1 else 2)


def _median(row: dict[str, Any]) -> str:
    """Percentiles are whole milliseconds: below one it is only the minimum that is known exactly."""
    value = row["median_response_time"]
    return "&lt;\N{NO-BREAK SPACE}1" if 0 < value < 1 else _milliseconds(value)


def _cell(text: str, sort_by: Any | None = None, css: str = "") -> str:
    """`text` is HTML."""
    css = f' class="{css}"' if css else ""
    order = "" if sort_by is None else f' data-sort="{escape(str(sort_by))}"'
    return f"<td{css}{order}>{text}</td>"


def _number_cell(value: Any, text: str | None = None, css: str = "") -> str:
    return _cell(number(value) if text is None else text, value, f"n {css}".strip())


def _table(heads: Iterable[tuple[str, str]], rows: list[str]) -> str:
    """`heads`: text and class of each column."""
    cells = "".join(
        f'<th scope="col" class="{css}"><button type="button">{escape(text)}</button></th>'
        for text, css in heads
    )
    return (
        '<div class="scroll"><table class="sortable"><thead><tr>'
        f"{cells}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _row(cells: list[str], row: dict[str, Any] | None = None) -> str:
    total = row is not None and row["name"] == "Aggregated" and not row["method"]
    return f"<tr{' class=total' if total else ''}>{''.join(cells)}</tr>"


def _name_cells(row: dict[str, Any]) -> list[str]:
    method = escape(str(row["method"] or ""))
    badge = f'<span class="method">{method}</span>' if method else ""
    return [_cell(badge, css="m"), _cell(escape(str(row["name"])), css="name")]


def _section(name: str, title: str, note: str, body: str) -> str:
    return (
        f'<section id="{name}"><h2>{escape(title)}</h2>'
        f'<p class="note">{escape(note)}</p>{body}</section>'
    )


def readable_time(timestamp: Any) -> str:
    """An ISO text or time.time() as "2026-11-22 15:35:00 UTC"."""
    if timestamp is None:
        return ""
    if not isinstance(timestamp, str):
        moment = datetime.datetime.fromtimestamp(int(timestamp), datetime.timezone.utc)
        timestamp = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    return timestamp.replace("T", " ").replace("Z", " UTC")


def header(args: dict[str, Any]) -> str:
    facts = [
        ("Target", args["host"] if args["host"] != "None" else "not set"),
        ("Started", readable_time(args["start_time"])),
        ("Ended", readable_time(args["end_time"])),
        ("Lasted", args["duration"]),
    ]
    if args["profile"]:
        facts.append(("Profile", args["profile"]))
    items = "".join(f"<div><dt>{name}</dt><dd>{escape(text)}</dd></div>" for name, text in facts)
    title = args["locustfile"] if args["locustfile"] != "None" else "Locust test"
    link = '<a class="button" href="?download=1">Download</a>' if args["show_download_link"] else ""
    return (
        f'<p class="kicker">Load test report</p><h1>{escape(title)}</h1>'
        f'<div class="tools">{link}<button type="button" id="theme">Theme</button></div>'
        f"<dl>{items}</dl>"
    )


def notes(sentences: Iterable[str]) -> str:
    """What has to be known before any figure."""
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    return f'<ul class="notes">{items}</ul>' if items else ""


def figures(args: dict[str, Any]) -> str:
    """The handful of numbers that are read first."""
    total = args["requests_statistics"][-1]
    times = args["response_time_statistics"][-1]
    failed = total["num_failures"]
    share = failed / total["num_requests"] if total["num_requests"] else float(failed > 0)
    users = max((point["user_count"][1] for point in args["history"]), default=0)
    tiles = [
        ("Requests", number(total["num_requests"]), "", ""),
        ("Failed", f"{share * 100:.2f}", "%", "bad" if failed else "good"),
        ("Throughput", number(total["total_rps"], 1), "req/s", ""),
        ("Median", _median(total), "ms", ""),
        ("95th percentile", _milliseconds(times["0.95"]), "ms", ""),
        ("99th percentile", _milliseconds(times["0.99"]), "ms", ""),
        ("Most users", number(users), "", ""),
    ]
    return "".join(
        f'<div class="tile {css}"><span>{name}</span><b>{value}<i>{unit}</i></b></div>'
        for name, value, unit, css in tiles
    )


def _failures_cell(row: dict[str, Any]) -> str:
    failed = row["num_failures"]
    if not failed:
        return _number_cell(0, css="quiet")
    share = failed / row["num_requests"] if row["num_requests"] else 1.0
    return _number_cell(failed, f"{number(failed)} <small>{share * 100:.2f}%</small>", "bad")


def requests_section(args: dict[str, Any]) -> str:
    percentiles = args["percentiles_to_statistics"]
    heads = [("Type", "m"), ("Name", "name")]
    heads += [
        (text, "n")
        for text in (
            "#\N{NO-BREAK SPACE}Requests",
            "#\N{NO-BREAK SPACE}Fails",
            "Median (ms)",
            *(f"{percent * 100:g}%ile (ms)" for percent in percentiles),
            "Average (ms)",
            "Min (ms)",
            "Max (ms)",
            "Average size (bytes)",
            "RPS",
            "Failures/s",
        )
    ]
    rows = []
    for row in args["requests_statistics"]:
        times = [row[f"response_time_percentile_{percent}"] for percent in percentiles]
        times += [row["avg_response_time"], row["min_response_time"], row["max_response_time"]]
        cells = [*_name_cells(row), _number_cell(row["num_requests"]), _failures_cell(row)]
        cells.append(_number_cell(row["median_response_time"], _median(row)))
        cells += [_number_cell(time, _milliseconds(time)) for time in times]
        cells.append(_number_cell(row["avg_content_length"]))
        rates = (row["total_rps"], row["total_fail_per_sec"])
        cells += [_number_cell(rate, number(rate, 2)) for rate in rates]
        rows.append(_row(cells, row))
    return _section(
        "requests",
        "Request statistics",
        "Whole test. RPS and failures per second are means from the start to the last request.",
        _table(heads, rows),
    )


def response_times_section(args: dict[str, Any]) -> str:
    table = args["response_time_statistics"]
    percentiles = [key for key in table[-1] if key not in ("name", "method")]
    heads = [("Type", "m"), ("Name", "name")]
    heads += [(f"{float(percent) * 100:g}%ile (ms)", "n") for percent in percentiles]
    rows = []
    for row in table:
        cells = [_number_cell(row[p], _milliseconds(row[p])) for p in percentiles]
        rows.append(_row([*_name_cells(row), *cells], row))
    return _section(
        "response-times",
        "Response time statistics",
        "Share of the requests that were answered within. Times are rounded to two digits from 100 "
        "ms on, so the last column can lie above the maximum.",
        _table(heads, rows),
    )


def failures_section(args: dict[str, Any]) -> str:
    if not args["failures_statistics"]:
        return ""
    heads = [("#\N{NO-BREAK SPACE}Failures", "n"), ("Type", "m"), ("Name", "name")]
    heads += [("Error", "error"), ("First seen", "t"), ("Last seen", "t")]
    rows = []
    for row in sorted(args["failures_statistics"], key=lambda row: -row["occurrences"]):
        cells = [_number_cell(row["occurrences"], css="bad"), *_name_cells(row)]
        cells.append(_cell(escape(str(row["error"])), css="error"))
        for seen in (row["first_seen"], row["last_seen"]):
            cells.append(_cell(readable_time(seen), seen or 0, "t"))
        rows.append(_row(cells))
    return _section(
        "failures", "Failures", "Requests that count as failed, by error.", _table(heads, rows)
    )


def exceptions_section(args: dict[str, Any]) -> str:
    if not args["exceptions_statistics"]:
        return ""
    rows = []
    for row in sorted(args["exceptions_statistics"], key=lambda row: -row["count"]):
        trace = f"<pre>{escape(str(row['traceback']))}</pre>"
        trace = f"<details><summary>Traceback</summary>{trace}</details>"
        cells = [_number_cell(row["count"], css="bad")]
        cells.append(_cell(escape(str(row["msg"])) + trace, str(row["msg"]), "error"))
        cells.append(_cell(escape(row["nodes"]), css="t"))
        rows.append(_row(cells))
    heads = [("#\N{NO-BREAK SPACE}Occurrences", "n"), ("Exception", "error"), ("Nodes", "t")]
    return _section(
        "exceptions",
        "Exceptions",
        "Raised by the locustfile itself, not by requests.",
        _table(heads, rows),
    )


def _ratio_list(tasks: dict[str, Any]) -> str:
    items = []
    for name, node in tasks.items():
        percent = node["ratio"] * 100
        inner = _ratio_list(node["tasks"]) if node.get("tasks") else ""
        items.append(
            f'<li><span class="bar" style="--share:{percent:.2f}%"><b>{percent:.1f}%</b>'
            f"<span>{escape(str(name))}</span></span>{inner}</li>"
        )
    return f"<ul>{''.join(items)}</ul>"


def ratio_section(args: dict[str, Any]) -> str:
    tasks = args["tasks"]
    if not tasks["per_class"]:
        return ""
    body = (
        f'<div class="ratios"><div><h3>Per user class</h3>{_ratio_list(tasks["per_class"])}</div>'
        f'<div><h3>Of all tasks</h3>{_ratio_list(tasks["total"])}</div></div>'
    )
    return _section("tasks", "Task ratio", "How often each task is picked, by its weight.", body)
