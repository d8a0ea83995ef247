#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs command lines with the real ab, wrk and hey and with ours, and compares all that a user and
a server can see: exit code, standard output and error, files, and every byte of the requests.

    compare.py [--tool TOOL] [--ours KENEYPERF] [WORD...]
        WORD: a case or a group: "post", "ab/options", "wrk/lua/auth"
    --show    prints both sides whole
    --self    compares the real tool with itself: what differs then, the masks lack
    --list    the cases
    --jobs N  so many at a time (6)

Exit code 0: all as they should be; 1: not; 77: the real tool is not installed.
"""
import argparse
import difflib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

import case_file
import masks
import origin as web

HERE = case_file.HERE
PACKAGES = {"ab": "apache2-utils", "wrk": "wrk", "hey": "hey"}
PACE_S = {"ab": 0, "wrk": 0.002, "hey": 0}  # wrk asks as fast as it can: Python need not follow
TRIES = 3


class Side:
    """One of the two programs: how it is called, and what its run left."""

    def __init__(self, name, program, prefix):
        self.name, self.program, self.prefix = name, program, prefix

    def command(self, case, folder, arguments):
        """argv and the file to execute."""
        if case.argv0 == case.tool:
            return [case.argv0 if not self.prefix else self.program, *self.prefix,
                    *arguments], self.program
        link = os.path.join(folder, os.path.basename(case.argv0))
        if not os.path.exists(link):
            os.symlink(self.program, link)
        return [case.argv0, *arguments], link


def places_of(origin):
    places = {}
    for name, port in origin.ports.items():
        scheme = "https" if name in origin.tls_contexts else "http"
        places[name] = f"{scheme}://{'[::1]' if name == 'http6' else '127.0.0.1'}:{port}"
    places.update({name + "_port": str(port) for name, port in origin.ports.items()})
    return places


def prepare(folder, pem):
    files = os.path.join(HERE, "files")
    for source in (files, os.path.join(HERE, "lua")):
        for name in os.listdir(source):
            shutil.copy(os.path.join(source, name), folder)
    shutil.copy(pem, os.path.join(folder, "client.pem"))
    with open(os.path.join(folder, "big.bin"), "wb") as file:
        file.write(bytes(i % 251 for i in range(64 << 10)))
    return set(os.listdir(folder))


def run(side, case, origin, folder):
    """Exit code, output and error of a run."""
    argv, executable = side.command(case, folder, case.arguments(places_of(origin)))
    env = {"PATH": os.environ["PATH"], "HOME": folder, "LC_ALL": "C", "TZ": "UTC", **case.env}
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
        if name in os.environ:
            env[name] = os.environ[name]
    with open(os.path.join(folder, ".out"), "w+b") as out, \
            open(os.path.join(folder, ".err"), "w+b") as err:
        process = subprocess.Popen(argv, executable=executable, cwd=folder, env=env, stdout=out,
                                   stderr=err, stdin=subprocess.DEVNULL)
        try:
            if case.interrupt and origin.wait_for_request(case.interrupt, case.limit):
                process.send_signal(signal.SIGINT)
            code = str(process.wait(case.limit))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            code = "none: it did not end"
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode("utf-8", "backslashreplace"))
    return code, *texts


def seen(side, case, origin, pem):
    """Everything that is compared, as lines."""
    with tempfile.TemporaryDirectory() as folder:
        given = prepare(folder, pem)
        code, out, err = run(side, case, origin, folder)
        mask = masks.Mask(case, origin.ports)
        lines = [f"exit code {code}", "== standard output", *mask.stdout(out),
                 "== standard error", *mask.stderr(err)]
        for name in sorted(set(os.listdir(folder)) - given - {".out", ".err", case.tool}):
            with open(os.path.join(folder, name), encoding="utf-8", newline="",
                      errors="backslashreplace") as file:
                lines += [f"== file {name}", *mask.file(file.read())]
        lines += ["== requests", *mask.requests(origin.forget())]
    return [line for line in lines if not any(re.search(text, line) for text in case.without)]


def differences(theirs, ours):
    lines = difflib.unified_diff(theirs, ours, n=0, lineterm="")
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


class Comparison:
    def __init__(self, options, pem):
        self.options, self.pem = options, pem
        self.meant = case_file.read_differences()

    def sides(self, tool):
        real = Side(tool, shutil.which(tool, path="/usr/bin:/usr/local/bin"), [])
        return real, real if self.options.self else Side("keneyperf", self.options.ours, ["as", tool])

    def judge(self, case):
        """True and nothing to say, or False and why. What a failing server's peer sees is now and then a
        matter of time, also for the real tool beside itself, so a difference counts when it stays."""
        for attempt in range(1, TRIES + 1):
            good, lines = self.judge_once(case)
            if good:
                again = [f"only in attempt {attempt} of {TRIES}"] if attempt > 1 else []
                return True, again + lines
        return False, lines

    def judge_once(self, case):
        real, own = self.sides(case.tool)
        with web.Origin(self.pem, PACE_S[case.tool]) as origin:
            if "{http6" in case.line and "http6" not in origin.ports:
                return True, ["left out: this machine has no IPv6"]
            theirs, ours = (seen(side, case, origin, self.pem) for side in (real, own))
        found = differences(theirs, ours)
        wanted = [] if self.options.self else self.meant.get(case.label, ("", []))[1]
        shown = [*theirs, "=" * 60, *ours] if self.options.show else []
        if found == wanted:
            return True, shown
        if wanted:
            shown += ["differs otherwise than the table of differences says, which is:", *wanted, "but so:"]
        context = difflib.unified_diff(theirs, ours, case.tool, own.name, lineterm="", n=3)
        return False, shown + (found if wanted else list(context))


def chosen(options):
    def fits(case):
        if options.tool and case.tool != options.tool:
            return False
        return not options.words or any(
            word == case.name or (case.label + "/").startswith(word.rstrip("/") + "/")
            for word in options.words)

    cases = [case for case in case_file.all_cases() if fits(case)]
    if not cases:
        sys.exit("compare.py: no case is called so; --list shows them all")
    return cases


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    build = os.path.join(HERE, "..", "..", "build", "keneyperf")
    parser.add_argument("--ours", default=build)
    parser.add_argument("--tool", choices=PACKAGES)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--self", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--jobs", type=int, default=6)
    parser.add_argument("words", nargs="*")
    options = parser.parse_intermixed_args()
    options.ours = os.path.abspath(options.ours)
    return options


def lacking(cases):
    for tool in {case.tool for case in cases}:
        if not shutil.which(tool, path="/usr/bin:/usr/local/bin"):
            print(f"skipped: the real {tool} is not installed (apt install {PACKAGES[tool]})")
            return True
    return False


def main():
    options = parse()
    cases = chosen(options)
    if options.list:
        print(*(f"{case.label}: {case.line}" for case in cases), sep="\n")
        return 0
    if lacking(cases):
        return 77
    failed = 0
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(options.jobs) as pool:
        comparison = Comparison(options, web.make_certificate(folder))
        for case, (good, lines) in zip(cases, pool.map(comparison.judge, cases)):
            failed += not good
            if lines or not good:
                print(f"{'ok' if good else 'DIFFERS'} {case.label}: {case.line}", *lines, "", sep="\n", flush=True)
    print(f"{len(cases) - failed} as the real tool, {failed} not")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
