# SPDX-License-Identifier: Apache-2.0
"""People at work on a clinic, each a thread with a connection of its own, who remember what they
were told."""
import http.client
import json
import os
import sqlite3
import subprocess
import threading
import time

from clinic import PATIENT

if "KENEYAPP_DATABASE" in os.environ:  # one database after another's folder: one key for all
    os.environ.setdefault("KENEYAPP_DATA_KEY", "5e" * 32)


class Person:
    """Does act(person, number) over and over until the end; a connection that breaks is opened
    anew, and counted."""

    def __init__(self, clinic, user, act):
        self.clinic = clinic
        self.access = {"Authorization": "Bearer " + clinic.token(user),
                       "Content-Type": "application/json"}
        self.act = act
        self.acknowledged = []  # what act() found worth remembering
        self.statuses = {}
        self.wrong = []
        self.broken = 0
        self.link = None
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.work, daemon=True)

    def work(self):
        number = 0
        while not self.over.is_set():
            try:
                self.act(self, number)
            except (OSError, http.client.HTTPException):
                self.broken += 1
                self.link = None
                time.sleep(0.01)
            number += 1

    def ask(self, method, path, body=None, **headers):
        """Status and body. 5xx other than 503 and 507 with a sentence are wrong."""
        if not self.link:
            self.link = http.client.HTTPConnection("127.0.0.1", self.clinic.port, timeout=30)
        self.link.request(method, "/api/v1" + path, body and json.dumps(body),
                          {**self.access, **headers})
        answer = self.link.getresponse()
        text = answer.read()
        if answer.getheader("Connection") == "close":
            self.link = None
        self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
        if answer.status >= 500 and not self.is_refusal(answer, text):
            self.wrong.append((method, path, answer.status, text[:200]))
        return answer.status, text

    @staticmethod
    def is_refusal(answer, text):
        if answer.status == 507:
            return b'"detail":"' in text
        return answer.status == 503 and b'"detail":"' in text and answer.getheader("Retry-After")


def add_patient(person, number):
    """Remembers (id, last name, correlation id)."""
    name = f"T{person.thread.ident}n{number}"
    status, text = person.ask("POST", "/patients", dict(PATIENT, last_name=name, allergies=name),
                              **{"X-Correlation-ID": name})
    if status == 201:
        made = json.loads(text)
        person.acknowledged.append((made["id"], name, name))
    elif status in (503, 507):
        time.sleep(0.02)  # not as long as Retry-After says, so that the test is short
    else:
        person.wrong.append(("POST", "/patients", status, text[:200]))


def read_patient(person, number):
    """One of the ten thousand that were there from the beginning; remembers its correlation id."""
    wanted = 1 + number * 37 % 9000
    mark = f"R{person.thread.ident}n{number}"
    status, text = person.ask("GET", f"/patients/{wanted}", **{"X-Correlation-ID": mark})
    if status == 200 and json.loads(text)["id"] == wanted:
        person.acknowledged.append((wanted, None, mark))
    elif status == 503:
        time.sleep(0.02)
    else:
        person.wrong.append(("GET", f"/patients/{wanted}", status, text[:200]))


def set_to_work(clinic, **acts):
    """name=(count, user, act) ...: the people, by name."""
    people = {name: [Person(clinic, user, act) for _ in range(count)]
              for name, (count, user, act) in acts.items()}
    for group in people.values():
        for person in group:
            person.thread.start()
    return people


def send_home(people):
    for group in people.values():
        for person in group:
            person.over.set()
    for group in people.values():
        for person in group:
            person.thread.join()


def acknowledged(group):
    return [entry for person in group for entry in person.acknowledged]


def refused(people):
    return sum(person.statuses.get(status, 0) for person in people for status in (503, 507))


def answered(people):
    return sum(person.statuses.get(200, 0) for person in people)


def fill_disk(ballast):
    """A file that takes all that is left."""
    with open(ballast, "ab", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            pass


def check_full_batch(clinic, checks):
    """All or nothing, also when the disk is what says no."""
    before = clinic.ask("GET", "/patients?limit=1", "doctor").json()["total"]
    answer = clinic.ask("POST", "/batch/patients", "doctor", [PATIENT] * 1000)
    checks.equal((answer.status, answer.json()["detail"]), (507, "The disk is full"), "a batch")
    after = clinic.ask("GET", "/patients?limit=1", "doctor").json()["total"]
    checks.equal(after, before, "nothing of it stays")


def check_nothing_wrong(people, checks):
    for name, group in people.items():
        checks.equal([fault for person in group for fault in person.wrong][:5], [],
                     f"wrong answers to {name}")


def check_all_there(clinic, checks, entries):
    """Every acknowledged patient, with its sealed text. Few requests: a list by name."""
    for number, name, _ in entries:
        answer = clinic.ask("GET", f"/patients/{number}", "admin")
        there = answer.status == 200 and answer.json()
        if not there or (there["last_name"], there["allergies"]) != (name, name):
            checks.true(False, f"patient {number} {name} was acknowledged: {answer.status}")
    checks.true(len(entries) > 0, "patients were acknowledged")


class Hold:
    """The table of patients is locked, so that a write has its connection for as long as that."""

    def __init__(self, clinic):
        url = os.environ.get("KENEYAPP_DATABASE", "")
        self.shell = self.database = None
        if url:
            self.shell = subprocess.Popen(["psql", "--quiet", "-At", url], stdin=subprocess.PIPE,
                                          stdout=subprocess.PIPE, text=True)
            self.shell.stdin.write("BEGIN; LOCK TABLE patients IN EXCLUSIVE MODE; SELECT 'held';\n")
            self.shell.stdin.flush()
            assert self.shell.stdout.readline() == "held\n"
        else:
            self.database = sqlite3.connect(os.path.join(clinic.folder, "keneyapp.db"), timeout=20,
                                            isolation_level=None)
            self.database.execute("BEGIN IMMEDIATE")

    def release(self):
        if self.shell:
            self.shell.communicate("COMMIT;\n")
        else:
            self.database.execute("COMMIT")
            self.database.close()


class Asking(threading.Thread):
    """One request on its way; its answer when it is there."""

    def __init__(self, clinic, *request):
        super().__init__(daemon=True)
        self.clinic, self.request, self.answer = clinic, request, None
        self.start()

    def run(self):
        self.answer = self.clinic.ask(*self.request)
