# SPDX-License-Identifier: Apache-2.0
"""Takes out of what a run printed and wrote whatever differs from one run to the next: times,
addresses, places on the disk, frames of tracebacks that are not the locustfile's own."""
import csv
import os
import re

TIMED = {"Median Response Time", "Average Response Time", "Min Response Time",
         "Max Response Time", "Requests/s", "Failures/s", "First Seen", "Last Seen"}
FOREIGN = r'  File "(?:[^"]*/(?:lib|locust|bin)/[^"]*|<frozen [^"]*|<string>)", line \d+, in \S+'
# What depends on how fast and how loaded this machine is.
OF_THE_MACHINE = re.compile(
    r"The load generator was |CPU usage (above|was too high)|Loop execution|"
    r"held up every user of its process"
)


# What urllib3 raised before requests did.
CHAINED = re.compile(
    r"Traceback \(most recent call last\):\n(?:  .*\n)+urllib3\..*\n\n"
    r"During handling of the above exception, another exception occurred:\n\n"
)


def masked(text):
    text = re.sub(r"\b127\.0\.0\.1:\d+|port=\d+", "ADDRESS", text)
    text = re.sub(r"0x[0-9a-f]+", "0xX", text)
    text = re.sub(r"\b\d{4}-\d\d-\d\dT[\d:]+Z\b", "TIME", text)
    text = re.sub(r"\b[0-9a-f]{32}\b", "BOUNDARY", text)
    text = re.sub(r"/tmp/tmp\w+/", "", text)
    text = re.sub(r"\S+/locust/user/\S+:\d+ in \w+, ", "", text)  # a frame in a failure's text
    text = re.sub(FOREIGN + r"\s+.*?(?=  File|$)", "", text)
    return re.sub(r'File ".*?([^/"]+)", line \d+', r'File "\1", line N', text)


def csv_lines(path):
    """Rows without what depends on time; the header row whole."""
    if not os.path.exists(path):
        return ["absent"]
    with open(path, newline="", encoding="utf-8") as file:
        text = file.read()
    rows = list(csv.reader(text.splitlines()))
    header = rows[0] if rows else []
    kept = [i for i, name in enumerate(header) if name not in TIMED and not name.endswith("%")]
    line_end = "CRLF" if "\r\n" in text else "LF"
    return [line_end, ",".join(header)] + [
        " | ".join(masked(row[i]) for i in kept) for row in rows[1:]]


def console(text):
    """Lines without times, numbers that depend on them, and the width that they take."""
    lines, foreign = [], False
    for line in CHAINED.sub("", text).splitlines():
        if re.match(r'  File "', line):
            foreign = re.match(FOREIGN, line) is not None
        elif not line.startswith("    "):
            foreign = False
        if foreign or OF_THE_MACHINE.search(line):
            continue
        line = masked(line)
        line = re.sub(r"^\[[^\]]*\] \S+?/", "[TIME] HOST/", line)
        line = re.sub(r"Starting Locust .*", "Starting Locust", line)
        if " | " in line or "%" in line:
            line = re.sub(r"\b\d+(\.\d+)?\b", "N", line)
        line = re.sub(r"\s+", " ", line).strip()
        line = re.sub(r"( \d+){4,} (\d+)$", r" TIMES \2", line)  # a row of percentiles
        if line and (not lines or lines[-1] != line):
            lines.append(line)
    return lines


def without_live_tables(lines):
    """How many tables are shown meanwhile, and what they show, depends on time: the last three
    (totals, percentiles, and what comes after) stay, and all other lines."""
    kept, table = [], False
    first = [i for i, line in enumerate(lines) if line.startswith("Type Name")][-2:-1] or [0]
    for i, line in enumerate(lines):
        table = i < first[0] and (line.startswith("Type Name") or (table and "[TIME]" not in line))
        if not table:
            kept.append(line)
    return kept


def requests_of(log):
    with open(log, encoding="utf-8") as file:
        return [masked(line.rstrip("\n")) for line in file]
