# SPDX-License-Identifier: Apache-2.0
"""Whole runs: log lines, exit codes, files, signals, workers."""
import json
import os
import signal
import unittest

from locust_process import GOOD, LocustProcess


class Runs(LocustProcess):
    SHORT = ("-f", "good.py", "-t", "100", "-u", "2", "-r", "100")
    SCALE = {"KENEYPERF_TIME_SCALE": "0.003"}

    def test_success(self):
        code, out, errors = self.run_locust(*self.SHORT, "--headless", **self.SCALE)
        self.assertEqual((code, out), (0, ""), errors)
        phrases = [
            "/INFO/locust.main: Starting Locust ",
            "Rehearsal: every duration of the plan is multiplied by 0.003",
            "/INFO/locust.main: Run time limit set to 100 seconds",
            "Ramping to 2 users at a rate of 100.00 per second",
            "--run-time limit reached, shutting down",
            "Shutting down (exit code 0)",
            "Response time percentiles (approximated)",
        ]
        places = [errors.find(phrase) for phrase in phrases]
        self.assertNotIn(-1, places)
        self.assertEqual(places, sorted(places))

    def test_web_mode_runs_at_once(self):
        code, _, errors = self.run_locust(*self.SHORT, **self.SCALE)
        self.assertEqual(code, 0, errors)
        self.assertIn("The live web interface is not available yet", errors)

    def test_exit_codes(self):
        quitting = "@events.quitting.add_listener\ndef q(environment, **_):\n    "
        cases = {
            "FAILS = True\n": 1,
            quitting + "1 / 0\n": 2,
            quitting + "environment.process_exit_code = 5\n": 5,
        }
        for text, expected in cases.items():
            with self.subTest(text=text):
                self.write("good.py", GOOD + text)
                code, _, errors = self.run_locust(*self.SHORT, "--headless", **self.SCALE)
                self.assertEqual(code, expected, errors)
                self.assertIn(f"Shutting down (exit code {expected})", errors)
        self.write("good.py", GOOD + "FAILS = True\n")
        code, _, _ = self.run_locust(*self.SHORT, "--exit-code-on-error", "9", **self.SCALE)
        self.assertEqual(code, 9)

    def test_interrupt_raised_by_a_task(self):
        self.write("good.py", GOOD + """
class B(A):
    @task
    def interrupt(self):
        raise KeyboardInterrupt
""")
        code, _, errors = self.run_locust("-f", "good.py", "-u", "1", "B", **self.SCALE)
        self.assertIn("Shutting down (exit code 0)", errors)
        self.assertIn("Response time percentiles (approximated)", errors)
        self.assertEqual(code, 0)

    def test_files(self):
        self.run_locust(
            *self.SHORT,
            *("--csv", "new/c", "--html", "h_{u}_{r}_{t}.html", "--json-file", "j"),
            **self.SCALE,
        )
        self.assertTrue(self.read("new/c_stats.csv").startswith("Type,Name,Request Count"))
        self.assertIn("<html", self.read("h_2_100_100.html"))
        self.assertEqual(json.loads(self.read("j.json"))[0]["name"], "a")

    def test_files_of_names_that_are_no_text(self):
        self.write("good.py", GOOD.replace('"a"', '"a\\udcff"'))
        outputs = ("--csv", "c", "--html", "h.html", "--json-file", "j")
        code, _, errors = self.run_locust(*self.SHORT, *outputs, **self.SCALE)
        self.assertEqual(code, 0, errors)
        for name in ("c_stats.csv", "h.html", "j.json"):
            with self.subTest(name=name):
                self.assertIn("a\\udcff", self.read(name))

    def test_full_disk(self):
        os.symlink("/dev/full", os.path.join(self.folder, "h.html"))
        os.symlink("/dev/full", os.path.join(self.folder, "j.json"))
        code, _, errors = self.run_locust(
            *self.SHORT, "--html", "h.html", "--json-file", "j", **self.SCALE
        )
        self.assertEqual(code, 1, errors)
        self.assertNotIn("Traceback", errors)
        for name in ("h.html", "j.json"):
            self.assertIn(f"{name} cannot be written: No space left on device. Make room", errors)

    def test_json_on_stdout(self):
        _, out, _ = self.run_locust(*self.SHORT, "--json", **self.SCALE)
        self.assertEqual(json.loads(out)[0]["method"], "X")

    def test_questions(self):
        code, out, _ = self.run_locust("-f", "good.py", "--list")
        self.assertEqual((code, out), (0, "Available Users:\n    A\n"))
        code, out, _ = self.run_locust("-f", "good.py", "--show-task-ratio-json")
        self.assertEqual(json.loads(out)["total"]["A"]["tasks"]["report"]["ratio"], 1.0)

    def test_signals(self):
        self.write("good.py", GOOD + "print('loaded', flush=True)\n" + """
@events.spawning_complete.add_listener
def ready(**_):
    print('ready', flush=True)
""")
        for number, text in {signal.SIGTERM: "Got SIGTERM signal", signal.SIGINT: ""}.items():
            process = self.start("-f", "good.py")
            lines = [process.stdout.readline(), process.stdout.readline()]
            self.assertEqual(lines, ["loaded\n", "ready\n"])
            process.send_signal(number)
            _, errors = process.communicate(timeout=50)
            self.assertEqual(process.returncode, 0, errors)
            self.assertIn(text, errors)
            self.assertIn("Shutting down (exit code 0)", errors)
            self.assertIn("Response time percentiles", errors)

    def test_processes(self):
        args = (*self.SHORT, "--processes", "2", "--headless")
        code, _, errors = self.run_locust(*args, **self.SCALE)
        self.assertEqual(code, 0, errors)
        self.assertEqual(errors.count("Starting Locust"), 1)
        self.assertIn('All users spawned: {"A": 2} (2 total users)', errors)
        self.write("good.py", GOOD + "FAILS = True\n")
        self.assertEqual(self.run_locust(*args, **self.SCALE)[0], 1)

    def test_no_workers(self):
        limit = ("--expect-workers-max-wait", "1", "--master-bind-port", "0")
        code, _, errors = self.run_locust("-f", "good.py", "--master", *limit)
        self.assertEqual(code, 1, errors)
        self.assertIn("Gave up waiting for workers to connect", errors)

if __name__ == "__main__":
    unittest.main()
