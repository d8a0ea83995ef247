# SPDX-License-Identifier: Apache-2.0
"""The cases, one a line, in cases/TOOL_GROUP.cases; README.md explains them. Lua scripts in lua/ are
cases of wrk each, with what their first lines say."""
import os
import re
import shlex

HERE = os.path.dirname(os.path.abspath(__file__))
DIRECTIVES = {"argv0", "counts", "env", "delay", "interrupt", "limit", "without", "shared"}


class Case:
    """tool, group, name; `line`: the command line with {places}; directives as attributes."""

    def __init__(self, tool, group, name, line):
        self.tool, self.group, self.name, self.line = tool, group, name, line
        self.argv0 = tool
        self.counts = "vary" if tool == "wrk" else "exact"
        self.limit, self.env, self.delay, self.interrupt, self.without, self.shared = 20, {}, 0, 0, [], False

    @property
    def label(self):
        return f"{self.tool}/{self.group}/{self.name}"

    def take(self, directive, value):
        if directive not in DIRECTIVES:
            raise ValueError(f"{self.label}: there is no directive \"{directive}\"")
        if directive == "env":
            name, _, text = value.partition("=")
            self.env[name] = text
        elif directive == "without":
            self.without.append(value)
        elif directive in ("delay", "interrupt", "limit"):
            setattr(self, directive, int(value))
        elif directive == "shared":
            self.shared = True
        else:
            setattr(self, directive, value)

    def arguments(self, places):
        return [re.sub(r"\{(\w+)\}", lambda match: places.get(match[1], match[0]), word)
                for word in shlex.split(self.line)]


def read_cases(path):
    tool, _, group = os.path.basename(path).removesuffix(".cases").partition("_")
    cases = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.lstrip().startswith("#") or not line.strip():
                continue
            word, _, rest = line.strip().partition(":")
            if line[0].isspace():
                cases[-1].take(word, rest.strip())
            else:
                cases.append(Case(tool, group, word, rest.strip()))
    return cases


def read_script(path):
    """-- path: /hello   -- args: -t1 ...   -- after: what follows "--"   -- counts: exact"""
    name = os.path.basename(path).removesuffix(".lua")
    case = Case("wrk", "lua", name, "")
    said = {"path": "/first/20/hello", "args": "-t1 -c1 -d1s", "after": ""}
    with open(path, encoding="utf-8") as file:
        for line in file:
            match = re.match(r"-- ([a-z0-9]+): (.*)", line)
            if not match:
                break
            if match[1] in said:
                said[match[1]] = match[2]
            else:
                case.take(*match.groups())
    after = f" -- {said['after']}" if said["after"] else ""
    case.line = f"{said['args']} -s {name}.lua {{http}}{said['path']}{after}"
    return case


def all_cases():
    cases = []
    for name in sorted(os.listdir(os.path.join(HERE, "cases"))):
        if name.endswith(".cases"):
            cases += read_cases(os.path.join(HERE, "cases", name))
    for name in sorted(os.listdir(os.path.join(HERE, "lua"))):
        if name.endswith(".lua"):
            cases.append(read_script(os.path.join(HERE, "lua", name)))
    return cases


def read_differences():
    """The table of differences that are meant: label -> (reason, lines that begin with - or +)."""
    table, label = {}, None
    with open(os.path.join(HERE, "differences"), encoding="utf-8") as file:
        for line in file:
            line = line.rstrip("\n")
            if line.startswith(("-", "+")):
                table[label][1].append(line)
            elif line and not line.startswith("#"):
                label, _, reason = line.partition(": ")
                table[label] = (reason, [])
    return table
