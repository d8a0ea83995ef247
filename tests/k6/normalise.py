# SPDX-License-Identifier: Apache-2.0
"""What a run printed and wrote, without what differs from one run to the next.

Times become T (or a sign in JSON), rates per second become N/s, progress is dropped up to its last
picture; counts, shares, texts, names and exit codes stay as they are.
"""
import collections
import json
import re

# Series that k6 does not have; docs/k6-compatibility.md names them.
OWN_METRICS = re.compile(r"^ *(loop_lag|iteration_lateness|http_cut|http_retries)\b")
OWN_LINES = re.compile(OWN_METRICS.pattern + r"|^  ! ")  # and notes before the summary
# Their sign says nothing: parts of a request shorter than the clock can tell.
ANY_TIME = re.compile(r"^http_req_(blocked|sending|waiting|receiving)$")
TIME_TREND = re.compile(r"^(http_req_(?!failed)|iteration_|group_duration|\w+_ms$)")
DURATION = r"(?:\d+h)?(?:\d+m(?!s))?\d+(?:\.\d+)?(?:ns|µs|ms|s)"


def clock(text):
    return re.sub(r'\btime="\d{4}-[^"]*"', "time=T", re.sub(r'"time":"\d{4}-[^"]*"', '"time":T', text))


def words(text, places):
    """Replaces places (folders, ports) by their names, and the clock."""
    text = clock(text)
    for place, name in places:
        text = re.sub(place, name, text)
    return text


def hide(text, patterns):
    """Without the lines that match one of the patterns."""
    return "\n".join(line for line in text.split("\n") if not any(re.search(p, line) for p in patterns))


def drop_progress(lines):
    """Keeps the last picture of the progress only, and no banner."""
    starts = [i for i, line in enumerate(lines) if line.startswith("running (")]
    kept, skipping = [], False
    for i, line in enumerate(lines):
        if i in starts:
            skipping = i != starts[-1]
        elif not re.match(r"^(\S+ +\S? *\[|\s*$)", line):
            skipping = False
        if not skipping:
            kept.append(line)
    return kept


def progress_line(line):
    line = re.sub(r"^running \([^)]*\)", "running (T)", line)
    if re.match(r"^\S+ +[✓✗]? *\[", line):
        line = re.sub(r"✗ \[ *\d+% \]", "✗ [share]", line)
        line = re.sub(r"[\d.]+ iters/s", "N iters/s", line)
        line = re.sub(r"\b\d\dm\d\d\.\ds|\b0?\d\.\ds(?=/)", "T", line)
        line = re.sub(r" {2,}", "  ", line)
    return line


def metric_line(line):
    """'  name...: avg=1.2ms' and the like."""
    match = re.match(r"^(\s+.*?\.{2,}: )(.*)$", line)
    if not match:
        return re.sub(r"=\S+/s$", "=N/s", re.sub(rf"(=){DURATION}\s*$", r"\1T", line))
    values = re.sub(rf"\b{DURATION}(?=\s|$)", "T", match[2])
    values = re.sub(r"\S+( [kMG]?B)?/s", "N/s", values)
    return match[1] + re.sub(r" +", " ", values).rstrip()


def stdout(text):
    lines = text.split("\n")
    if any(re.match(r"^ +execution: ", line) for line in lines):
        while lines and not re.match(r"^ +execution: ", lines[0]):
            lines.pop(0)
    lines = [line for line in drop_progress(lines) if not OWN_LINES.match(line)]
    lines = [metric_line(progress_line(line)).rstrip() for line in lines]
    return re.sub(r"\n{2,}", "\n\n", "\n".join(lines)).strip("\n")


def stderr(text, ordered=True):
    lines = [line for line in clock(text).split("\n") if line.strip()]
    lines = [line for line in lines if "level=debug" not in line or "source=console" in line]
    lines = [re.sub(r":(\d+):\d+(\(\d+\))?(?=\)?\\n)", r":\1:C", line) for line in lines]  # the engines' own columns
    lines = [re.sub(r"\\n\\tat \S+ \(native\)", "", line) for line in lines]  # frames of Go code
    lines = [re.sub(r" on [\d.:]+: no such host", ": no such host", line) for line in lines]
    return "\n".join(lines if ordered else sorted(lines))


def sign(value):
    return "+" if value > 0 else "-" if value < 0 else "0"


def mask_numbers(value, key=None, timed=False):
    """JSON of a summary: times and rates per second by their sign."""
    if isinstance(value, dict):
        per_second = "count" in value and "rate" in value
        return {
            name: ("T" if timed == "any" else sign(item))
            if isinstance(item, (int, float))
            and not isinstance(item, bool)
            and ((per_second and name == "rate") or (timed and name != "count") or name == "testRunDurationMs")
            else mask_numbers(item, name, timed or ("any" if ANY_TIME.match(name) else bool(TIME_TREND.match(name))))
            for name, item in value.items()
            if not OWN_METRICS.match(name)
        }
    if isinstance(value, list):
        return [mask_numbers(item, key, timed) for item in value]
    return value


def samples(text):
    """Output of --out json: each metric's line once, then how often which point came."""
    metrics, points = [], collections.Counter()
    for line in text.splitlines():
        item = json.loads(line)
        if OWN_METRICS.match(item["metric"]):
            continue
        if item["type"] == "Metric":
            metrics.append(json.dumps(item, sort_keys=True))
            continue
        data = item["data"]
        extra = sorted(set(data) - {"time", "value", "tags", "metadata"})
        value = "T" if ANY_TIME.match(item["metric"]) else data["value"]
        value = sign(data["value"]) if value != "T" and TIME_TREND.match(item["metric"]) else value
        tags = json.dumps(data.get("tags"), sort_keys=True)
        points[f"{item['metric']} {value} {tags} {json.dumps(data['metadata'], sort_keys=True) if 'metadata' in data else ''} {extra or ''}".rstrip()] += 1
    return "\n".join(sorted(metrics) + [f"{count} × {point}" for point, count in sorted(points.items())])


def file(name, text):
    if name.endswith(".samples"):
        return samples(text)
    if name.endswith(".json"):
        return json.dumps(mask_numbers(json.loads(text)), indent=1, sort_keys=True, ensure_ascii=False)
    return text.rstrip("\n")
