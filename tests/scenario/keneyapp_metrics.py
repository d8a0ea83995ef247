#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What /metrics of a real server says.

    keneyapp_metrics.py documented KENEYAPP PAGE    every family is on the page, and the other way
    keneyapp_metrics.py promtool KENEYAPP           promtool finds nothing (77 where it is missing)
    keneyapp_metrics.py adds-up KENEYAPP            buckets ascend, the last is the count
"""
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

READY = re.compile(r" (http://\S+?)[; ]")


VITALS = b'{"page":"/login","lcp":800,"fcp":700,"ttfb":3,"inp":16,"fid":2,"cls":0.01}'


def get(url, body=None):
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.read().decode()


def exposition(program):
    """The metrics of a server that has answered a little."""
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(
            [program, "serve", "--data", folder, "--listen", "127.0.0.1:0", "--tls-listen", "off",
             "--redis", "redis://127.0.0.1:1"], # nothing is there: its series are
            stdout=subprocess.PIPE, text=True)
        try:
            base = READY.search(server.stdout.readline()).group(1)
            for path in "/health", "/ready", "/nowhere", "/api/v1/patients":
                get(base + path)
            get(base + "/api/v1/vitals", VITALS)
            return get(base + "/metrics")
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()


def documented(text, page):
    families = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))
    with open(page, encoding="utf-8") as file:
        rows = dict(re.findall(r"^\| `([a-z_]+)` \| (\w+) \|", file.read(), re.MULTILINE))
    for name in sorted(families.keys() - rows.keys()):
        print(f"{page} has no row for {name} ({families[name]})")
    for name in sorted(rows.keys() - families.keys()):
        print(f"{page}: /metrics has no {name}")
    for name in sorted(rows.keys() & families.keys()):
        if rows[name] != families[name]:
            print(f"{page}: {name} is a {families[name]}")
    return rows == families


def adds_up(text):
    last, good, histograms = {}, True, 0
    for name, labels, value in re.findall(r"^([a-z_]+)(?:\{(.*)\})? (\S+)$", text, re.MULTILINE):
        edge = re.search(r',?le="([^"]+)"', labels)
        if edge:
            series = name[:-len("_bucket")], labels.replace(edge.group(0), "")
            good &= float(value) >= last.get(series, 0)
            last[series] = float(value)
        elif name.endswith("_count"):
            good &= last[name[:-len("_count")], labels] == float(value)
            histograms += 1
    return good and histograms > 5


def main():
    what, program = sys.argv[1:3]
    if what == "promtool" and not shutil.which("promtool"):
        sys.exit(77)
    text = exposition(program)
    if what == "documented":
        sys.exit(not documented(text, sys.argv[3]))
    if what == "adds-up":
        sys.exit(not adds_up(text))
    found = subprocess.run(["promtool", "check", "metrics"], input=text, text=True,
                           capture_output=True, check=False)
    print(found.stdout + found.stderr)
    sys.exit(found.returncode != 0 or bool(found.stdout + found.stderr))


main()
