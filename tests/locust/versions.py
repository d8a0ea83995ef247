# SPDX-License-Identifier: Apache-2.0
"""What an older Locust (Debian's 2.12, with its requests, urllib3 and geventhttpclient) is known to
do otherwise than the current one, which ours follows. Applied to the lines of both sides, only when
the real one is older than CURRENT. A file whose whole subject is newer says `# since:` instead."""
import re

CURRENT = [2, 40]

# Pattern, what it is replaced by (None: the line is left out), for both sides.
OLDER = [
    # --- files
    (r",First Seen,Last Seen", ""),  # columns of _failures.csv
    # --- log
    (r".*Starting Locust$", None),  # comes at another place, without the number
    (r"(Shape test starting\.).*", r"\1"),
    (r"(--run-time limit reached|Shape test completed), shutting down", "Shape test over"),
    # --- texts of failures
    (r" for url: .*?(?=['\"]\))", " for url: NAME"),  # the address instead of the sample's name
    (r"(\d+ [A-Z]+ .*: )CatchResponseError\((['\"])(.*)\2\)$", r"\1\3"),  # error report
    (r"(?:Locust)?BadStatusCode\((?:'[^']*', )?code=", "BadStatusCode(code="),
    (r"or return ?character", "or returncharacter"),  # requests
    (r"(?:urllib3\S*|Failed to parse): .*(?:ADDRESS).*", "Failed to parse"),  # urllib3
    (r"SSLError\(SSLError\((.*?)\)\)", r"SSLError(\1)"),  # urllib3
    # --- requests of FastHttpUser
    (r'"gzip, deflate, br"', '"gzip, deflate"'),
]


def numbers(version):
    return [int(part) for part in re.findall(r"\d+", version)[:2]]


def normaliser(version):
    """Lines to lines, as they are compared with a Locust of this version."""
    table = OLDER if version < CURRENT else []

    def normal(lines):
        for pattern, instead in table:
            if instead is None:
                lines = [line for line in lines if not re.search(pattern, line)]
            else:
                lines = [re.sub(pattern, instead, line) for line in lines]
        return lines

    return normal
