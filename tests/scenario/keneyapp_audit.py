#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What of the audit log is in the database when the server ends.

    keneyapp_audit.py killed KENEYAPP    --audit strict, and kill -9 right after the last answer
    keneyapp_audit.py stopped KENEYAPP   as it is by default, and SIGTERM right after it
"""
import http.client
import os
import signal
import sqlite3
import sys
import threading

from keneyapp_log import ask, bearer, running

READS_EACH = 50
READERS = 4


def read(port, access, statuses):
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for _ in range(READS_EACH):
        statuses.append(ask(link, "GET", "/api/v1/patients?limit=20", access).status)


def main():
    how, program = sys.argv[1:]
    options = ["--audit", "strict"] if how == "killed" else []
    with running(program, *options) as (server, link, folder):
        access = bearer(program, folder)
        statuses = []
        readers = [threading.Thread(target=read, args=(link.port, access, statuses))
                   for _ in range(READERS)]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
        server.send_signal(signal.SIGKILL if how == "killed" else signal.SIGTERM)
        server.communicate()
        assert statuses == [200] * READERS * READS_EACH, set(statuses)
        database = sqlite3.connect(os.path.join(folder, "keneyapp.db"))
        rows = database.execute(
            "SELECT count(*), count(DISTINCT correlation_id), sum(details LIKE '%cached%')"
            " FROM audit_logs WHERE action = 'READ' AND resource_type = 'patients'").fetchone()
        database.close()
    assert rows[:2] == (len(statuses), len(statuses)) and rows[2] > len(statuses) / 2, rows


main()
