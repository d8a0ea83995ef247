# SPDX-License-Identifier: Apache-2.0
"""What is said about bad input, and with which exit code."""
import unittest

from locust_process import LocustProcess


class BadInput(LocustProcess):
    def test_locustfiles(self):
        self.write("syntax.py", "class A(\n")
        self.write("raises.py", "def f():\n    raise KeyError('k')\nf()\n")
        self.write("imports.py", "import no_such_module\n")
        self.write("nothing.py", "x = 1\n")
        self.write("exits.py", "import sys\nsys.exit(7)\n")
        self.write("double.py", "from locust import User\nclass A(User): pass\n")
        cases = {
            "syntax.py": (1, ["syntax.py\", line 1", "SyntaxError: "]),
            "raises.py": (1, ["raises.py\", line 2, in f", "KeyError: 'k'"]),
            "imports.py": (1, ["No module named 'no_such_module'", "KENEYPERF_PYTHON"]),
            "nothing.py": (1, ["locust.main: No User class found!"]),
            "exits.py": (7, []),
            "good.py,double.py": (1, ["Duplicate user class names: A is defined in both "]),
        }
        started = {name: self.start("-f", name, "--headless", "-t", "1") for name in cases}
        for name, (code, texts) in cases.items():
            with self.subTest(name=name):
                actual, _, errors = self.end_of(started[name])
                self.assertEqual(actual, code, errors)
                for text in texts:
                    self.assertIn(text, errors)
                self.assertNotIn("locust/main.py", errors)

    def test_combinations(self):
        cases = {
            ("Nope",): (1, "Unknown User(s): Nope"),
            ("--master", "--worker"): (255, "The --master argument cannot be combined with --worker"),
            ("--autoquit", "1"): (1, "--autoquit is only meaningful in combination with --autostart"),
            ("--processes", "-5"): (1, "Invalid --processes count -5"),
            ("--config-users", '{"user_class_name": "B"}'): (255, "Error applying user config"),
            ("--csv", "good.py/x"): (1, "--csv: good.py/x_stats.csv cannot be written: "),
            ("--html", "good.py/x"): (1, "--html: good.py/x cannot be written: "),
            ("--json-file", "good.py/x"): (1, "--json-file: good.py/x.json cannot be written: "),
            ("--logfile", "good.py/x"): (1, "--logfile good.py/x cannot be written: "),
        }
        started = {args: self.start("-f", "good.py", "--headless", *args) for args in cases}
        for args, (code, text) in cases.items():
            with self.subTest(args=args):
                actual, _, errors = self.end_of(started[args])
                self.assertEqual(actual, code, errors)
                self.assertIn(text, errors)

    def test_own_variables(self):
        cases = {"KENEYPERF_HOSTS": "a", "KENEYPERF_TIME_SCALE": "0", "KENEYPERF_CA": "/no/file"}
        for name, value in cases.items():
            with self.subTest(name=name):
                code, _, errors = self.run_locust("-f", "good.py", "-t", "1", **{name: value})
                self.assertEqual(code, 2, errors)
                self.assertIn("locust: error: ", errors)

if __name__ == "__main__":
    unittest.main()
