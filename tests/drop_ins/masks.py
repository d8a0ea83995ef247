# SPDX-License-Identifier: Apache-2.0
"""Takes out of what a run printed and wrote what depends on time, on ports and on the place of the
run's folder, field by field: a pattern holds a field's whole layout, so that a line that is laid out
otherwise stays as it is and shows as a difference. Labels, counts, bytes and texts stay. Where a
case says "counts: vary" (its run ends by time), counts go too."""
import hashlib
import re

# Per tool: pattern of a whole line, what takes its place.
AB = [
    (r"(This is ApacheBench, Version 2\.3 <)\$Revision: \d+ \$>", r"\1$Revision$>"),  # Debian's, by update
    (r"( This is ApacheBench, Version 2\.3 <i>&lt;)\$Revision: \d+ \$(&gt;</i><br>)", r"\1$Revision$\2"),
    (r"(Time taken for tests:   )\d+\.\d{3}( seconds)", r"\1T\2"),
    (r"(Requests per second:    )\d+\.\d\d( \[#/sec\] \(mean\))", r"\1R\2"),
    (r"(Time per request:       )\d+\.\d{3}( \[ms\] \(mean(, across all concurrent requests)?\))", r"\1T\2"),
    (r"(Transfer rate:          )\d+\.\d\d( \[Kbytes/sec\] received)", r"\1R\2"),
    (r"(                        )\d+\.\d\d( kb/s (sent|total))", r"\1R\2"),
    (r"((Connect|Processing|Waiting|Total): *)(?<=^.{12})[ \d]{4}\d [ \d]{3}\d [ \d]{3}\.\d [ \d]{5}\d [ \d]{6}\d",
     r"\1ROW"),
    (r"((Connect|Processing|Waiting|Total): *)(?<=^.{12})[ \d]{4}\d [ \d]{4}\d[ \d]{4}\d", r"\1ROW"),
    (r"( [ \d]\d\d%)  [ \d]{4}\d( \(longest request\))?", r"\1 T\2"),
    (r"(    Start Time: )\d{10}", r"\1T"),  # of a TLS session, with -v
    (r"(.*>Time taken for tests:</th><td [^>]*>)\d+\.\d{3}( seconds</td></tr>)", r"\1T\2"),
    (r"(.*>Requests per second:</th><td [^>]*>)\d+\.\d\d(</td></tr>)", r"\1R\2"),
    (r"(.*>)\d+\.\d\d( kb/s (received|sent|total)</td></tr>)", r"\1R\2"),
    (r"(.*>(Connect|Processing|Total):</th>)(<td [^>]*>)[ \d]{4}\d</td>\3[ \d]{4}\d</td>\3[ \d]{4}\d(</td></tr>)",
     r"\1\3 ROW\4"),
]
# Which of the lines about the spread come depends on the times.
AB_SPREAD = re.compile(r"(WARNING|ERROR): The median and mean for the |\s+standard$|"
                       r"\s+deviation apart\. These results are NOT reliable\.$|"
                       r"\s+These results are probably not that reliable\.$")
AB_COUNTS = [
    (r"((Complete|Failed|Keep-Alive) requests: +)\d+", r"\1N"),
    (r"(Non-2xx responses: +)\d+", r"\1N"),
    (r"((Total|HTML) transferred: +)\d+( bytes)", r"\1N\3"),
    (r"(Total body sent: +)\d+", r"\1N"),
    (r"(Completed|Finished) \d+ requests", r"\1 N requests"),
]
WRK_VALUE = r" *-?(?:\d+\.\d\d|nan)(?:us|ms|[smhkMGT] |  )"  # one letter of unit less, one space more
WRK = [
    (r"wrk \S+ (\[epoll\] Copyright \(C\) 2012 Will Glozer)", r"wrk VERSION \1"),
    (r"(    (Latency|Req/Sec) )(?=.{38}$)" + WRK_VALUE * 3 + r" *-?(\d+\.\d\d|nan)%", r"\1ROW"),
    (r"( {4}[ \d]{2}\d%)(?=.{10}$)" + WRK_VALUE, r"\1 T"),
    (r"(  \d+ requests in )\d+\.\d\d(us|ms|s|m), (\d+\.\d\d)((K|M|G)?B read)", r"\1T, \3\4"),
    (r"(Requests/sec: )(?=.{9}$) *\d+\.\d\d", r"\1R"),
    (r"(Transfer/sec: )(?=.{11}$) *\d+\.\d\d(K|M|G)?B", r"\1R"),
]
WRK_COUNTS = [
    (r"  \d+( requests in T, )\d+\.\d\d(K|M|G)?B read", r"  N\1SIZE read"),
    (r"(  Non-2xx or 3xx responses: )\d+", r"\1N"),
    (r"(  Socket errors: connect )(\d+), read (\d+), write (\d+), timeout (\d+)",
     lambda m: m[1] + ", ".join("some" if int(n) else "0" for n in m.groups()[1:])),
]
HEY_S = r"\d+\.\d{4} secs"
HEY = [
    (r"(  (Total|Slowest|Fastest|Average):\t)" + HEY_S, r"\1T"),
    (r"(  Requests/sec:\t)\d+\.\d{4}", r"\1R"),
    (r"(  (?:[1-9]\d)% in )" + HEY_S, r"\1T"),
    (r"(  (DNS\+dialup|DNS-lookup|req write|resp wait|resp read):\t)" + ", ".join([HEY_S] * 3), r"\1T"),
    (r"\d+\.\d{4}(,\d+\.\d{4}){5},(\d+),\d+\.\d{4}", r"TIMES \2 OFFSET"),  # -o csv
]
HEY_COUNTS = [
    (r"  \d+% in (T|0\.0000 secs)", r"  P% in T"),  # how many there are depends on the number
    (r"(  Total data:\t)\d+( bytes)", r"\1N\2"),
    (r"(  \[\d+\]\t)\d+( responses)", r"\1N\2"),
    (r"(  \[)\d+(\]\t\D)", r"\1N\2"),
]
SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "secs": 1, "seconds": 1, "[ms]": 1e-3}
BARE_UNIT_S = {"ab": 1e-3, "wrk": 1, "hey": 1}
LINES = {"ab": (AB, AB_COUNTS), "wrk": (WRK, WRK_COUNTS), "hey": (HEY, HEY_COUNTS)}
FILES = [
    (r"\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}\t\d{10}(\t\d+){4}", "ROW"),  # ab -g
    (r"(\d+),\d+\.\d{3}", r"\1,T"),  # ab -e
]


def replace(line, patterns):
    for pattern, text in patterns:
        line, count = re.subn(rf"^{pattern}$", text, line)
        if count:
            return line
    return line


def sizes(line, tool, delay_s):
    """The times of a line beside the server's delay: "." is less than half, "D" about it, "+" more."""
    found = re.findall(r"(?<![\w.%-])(\d+\.?\d*)(?: ?(us|ms|m|s|secs|seconds|\[ms\]|%)(?![\w%]))?(?![\w.])", line)
    ratios = [float(number) * SECONDS.get(unit, BARE_UNIT_S[tool]) / delay_s
              for number, unit in found if unit != "%"]
    return " " + "".join("." if ratio < 0.5 else "D" if ratio < 1.7 else "+" for ratio in ratios)


def hey_histogram(lines, vary):
    """The rows of times become one line: how many rows, how many requests, and whether every bar is
    as long as its count asks for (the largest is 40 signs)."""
    rows = [re.fullmatch(r"  \d+\.\d{3} \[(\d+)\]\t\|(■*)", line) for line in lines]
    counts = [int(row[1]) for row in rows if row]
    if not counts:
        return lines
    bars = all(len(row[2]) == (int(row[1]) * 40 + max(counts) // 2) // max(counts)
               for row in rows if row)
    requests = "some" if vary else sum(counts)
    said = f"  {len(counts)} rows, {requests} requests, bars {'good' if bars else 'wrong'}"
    first = next(i for i, row in enumerate(rows) if row)
    rest = [line for line, row in zip(lines[first:], rows[first:]) if not row]
    return [*lines[:first], said, *rest]


def sorted_runs(lines, pattern):
    """Neighbours that match are put in order: the tool's own order is by chance."""
    result, run = [], []
    for line in [*lines, None]:
        if line is not None and re.match(pattern, line):
            run.append(line)
        else:
            result += sorted(run) + ([line] if line is not None else [])
            run = []
    return result


def unfinished_of(data):
    return b"(a ClientHello of TLS)" if data.startswith(b"\x16\x03") else data


class Mask:
    """Of one run of a case."""

    def __init__(self, case, ports):
        self.case, self.ports = case, ports
        masks, counts = LINES[case.tool]
        self.patterns = masks
        self.counts = counts if case.counts == "vary" else []

    def places(self, text):
        for name, port in self.ports.items():
            text = re.sub(rf"\b{port}\b", name.upper() + "_PORT", text)
        text = re.sub(r"127\.0\.0\.1:\d+->", "127.0.0.1:LOCAL->", text)
        text = re.sub(r"\b[0-9A-F]{16}:error:", "THREAD:error:", text)
        text = re.sub(r"(\.\./(ssl|crypto)/[a-z0-9_/]+\.c:)\d+:", r"\1N:", text)  # moves with OpenSSL's updates
        return re.sub(r"/tmp/tmp\w+", "FOLDER", text)

    def lines(self, text, patterns):
        if not text:
            return []
        whole = text.endswith("\n")
        lines = [self.line(line, patterns) for line in self.places(text).removesuffix("\n").split("\n")]
        return lines if whole else [*lines, "(no end of line)"]

    def line(self, line, patterns):
        timed = replace(line, patterns)
        masked = replace(timed, self.counts)
        if self.case.delay and timed != line and re.search(r"\b(T|ROW|TIMES)\b", timed) and "Req/Sec" not in line:
            masked += sizes(line, self.case.tool, self.case.delay / 1000)
        return masked

    def stdout(self, text):
        lines = self.lines(text, self.patterns)
        if self.case.tool == "ab":
            lines = [line for line in lines if not AB_SPREAD.match(line)]
        if self.case.tool == "hey":
            lines = sorted_runs(hey_histogram(lines, self.case.counts == "vary"), r"  \[\d+\]\t")
        return lines

    def stderr(self, text):
        """Without the notes of ours."""
        text = re.sub(r"\ngoroutine \d+ \[running\]:\n.*", "", text, flags=re.S)  # of a Go panic
        return self.lines("".join(line for line in text.splitlines(keepends=True)
                                  if not line.startswith("keneyperf: ")), self.patterns)

    def file(self, text):
        return self.lines(text, FILES)

    def requests(self, connections):
        """What came in: connections, and requests with how often each came, unless that varies."""
        vary, counts, unfinished = self.case.counts == "vary", {}, []
        for connection in connections:
            tls_of = f"{connection.tls}, name {connection.server_name}" if connection.tls else ""
            for request in connection.requests:
                counts[tls_of, request] = counts.get((tls_of, request), 0) + 1
            if connection.held:
                unfinished.append(connection.held)
        lines = [] if vary or self.case.shared else [self.of_connections(connections)]
        for (tls, request), count in sorted(counts.items()):
            lines += [f"{'some' if vary else count} x {self.places(tls)}".rstrip(), *self.bytes_of(request)]
        for data in sorted(set(map(unfinished_of, unfinished))):
            lines += ["unfinished:", *self.bytes_of(data)]
        return lines

    def of_connections(self, connections):
        """How many requests each brought; by size, for how they are shared out is a matter of time."""
        return "connections with requests: " + " ".join(
            map(str, sorted(len(each.requests) for each in connections if each.requests)))

    def bytes_of(self, data):
        head, gap, body = data.partition(b"\r\n\r\n")
        lines = [repr(line)[1:] for line in (head + gap).split(b"\n")[:-1]] if gap else [repr(data)]
        if self.case.tool == "wrk":  # a Lua table's order, which is another in every run
            lines[1:-1] = sorted(lines[1:-1])
        if len(body) > 1000:
            lines.append(f"body of {len(body)} bytes {hashlib.sha256(body).hexdigest()[:16]}")
        elif body:
            lines.append("body " + repr(body)[1:])
        return ["    " + self.places(line) for line in lines]
