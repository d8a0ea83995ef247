# SPDX-License-Identifier: Apache-2.0
"""The command line: precedence of its sources, values, texts of its errors."""
import io
import os
import tempfile
import unittest
from contextlib import redirect_stderr, redirect_stdout
from unittest import mock

from locust import argument_parser, events


class InFolder(unittest.TestCase):
    """In an empty folder that is home as well, without variables of Locust."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        before = os.getcwd()
        self.addCleanup(os.chdir, before)
        os.chdir(folder.name)
        clean = {k: v for k, v in os.environ.items() if not k.startswith("LOCUST_")}
        patch = mock.patch.dict(os.environ, {**clean, "HOME": folder.name}, clear=True)
        patch.start()
        self.addCleanup(patch.stop)

    def write(self, name, text=""):
        os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
        with open(name, "w") as file:
            file.write(text)

    def parse(self, *args):
        return argument_parser.parse_options(list(args))

    def fails(self, function, *args):
        """(exit code, text on stderr)."""
        errors = io.StringIO()
        with redirect_stderr(errors), self.assertRaises(SystemExit) as end:
            function(*args)
        return end.exception.code, errors.getvalue()


class Values(InFolder):
    def test_defaults(self):
        options = vars(self.parse())
        expected = {
            "locustfile": "locustfile.py",
            "host": None,
            "num_users": None,
            "spawn_rate": None,
            "run_time": None,
            "list_commands": False,
            "config_users": None,
            "web_port": 8089,
            "headless": False,
            "autoquit": -1,
            "master_bind_host": "*",
            "master_bind_port": 5557,
            "expect_workers": 1,
            "expect_workers_max_wait": 0,
            "processes": None,
            "master_host": "127.0.0.1",
            "master_port": 5557,
            "tags": None,
            "csv_prefix": None,
            "stats_history_enabled": False,
            "loglevel": "INFO",
            "exit_code_on_error": 1,
            "stop_timeout": 0,
            "user_classes": [],
        }
        self.assertEqual({name: options[name] for name in expected}, expected)

    def test_values(self):
        options = self.parse("-u3", "-r", "2.5", "-t", "1h30m", "-s", "1m", "-L", "debug", "A", "B")
        self.assertEqual((options.num_users, options.spawn_rate), (3, 2.5))
        self.assertEqual((options.run_time, options.stop_timeout), (5400, 60))
        self.assertEqual((options.loglevel, options.user_classes), ("DEBUG", ["A", "B"]))
        self.assertTrue(self.parse("--headless", "--run-tim", "3").headless)
        self.assertFalse(self.parse("--headless", "--headful").headless)

    def test_config_users(self):
        self.write("users.json", '[{"user_class_name": "B"}]')
        options = self.parse("--config-users", '{"user_class_name": "A", "weight": 2}', "users.json")
        self.assertEqual(
            options.config_users, [{"user_class_name": "A", "weight": 2}, {"user_class_name": "B"}]
        )


class Errors(InFolder):
    CASES = {
        ("--frob",): "unrecognized arguments: --frob",
        ("--heedless",): "unrecognized arguments: --heedless\nDid you mean '--headless'?",
        ("--hots=3",): "unrecognized arguments: --hots=3\nDid you mean '--host'?",
        ("-u", "x"): "argument -u/--users: invalid int value: 'x'",
        ("-r", "0"): "argument -r/--spawn-rate: must be > 0",
        ("-r", "nan"): "argument -r/--spawn-rate: must be a finite number",
        ("-t", "1x"): "argument -t/--run-time: Invalid time span format. Valid formats: 20, 20s, 3m,"
        " 2h, 1h20m, 3h30m10s, etc.",
        ("-L", "FOO"): "argument --loglevel/-L: invalid choice: 'FOO' (choose from 'DEBUG', 'INFO',"
        " 'WARNING', 'ERROR', 'CRITICAL')",
        ("--js=1",): "ambiguous option: --js=1 could match --json, --json-file",
        ("--csv-full-history",): "'--csv-full-history' requires '--csv'.",
        ("--legacy-ui",): "argument --legacy-ui: --legacy-ui is no longer supported, remove the"
        " parameter to continue",
        ("--slave",): "argument --slave: The --slave parameter has been renamed --worker",
        ("--expect-workers", "0"): "argument --expect-workers: Invalid --expect-workers argument (0),"
        " must be a positive number",
        ("--config-users", '{"a": 1}'): "argument --config-users: The user config must specify a"
        " user_class_name",
        ("--config", "no.conf"): "Unable to open config file: no.conf. Error: [Errno 2] No such file"
        " or directory: 'no.conf'",
        ("--web-port", "80"): "argument --web-port: there is no live web interface yet; remove it, or"
        " add --headless",
        ("--class-picker",): "argument --class-picker: there is no live web interface yet; remove it,"
        " or add --headless",
    }

    def test_texts(self):
        for args, text in self.CASES.items():
            with self.subTest(args=args):
                code, errors = self.fails(self.parse, *args)
                self.assertEqual((code, errors), (2, f"locust: error: {text}\n"))

    def test_web_options_do_not_matter_without_web(self):
        self.assertEqual(self.parse("--headless", "--web-port", "80").web_port, 80)


class Sources(InFolder):
    def test_later_wins(self):
        self.write(".locust.conf", "host = home\nusers = 1\ntags = [home]\nrun-time = 1")
        os.mkdir("work")
        os.chdir("work")
        self.write("locust.conf", "host: local\nusers 2\nspawn-rate=2")
        self.write("pyproject.toml", '[tool.locust]\nhost = "project"\nusers = 3')
        self.write("mine.conf", "host = mine")
        options = self.parse()
        self.assertEqual((options.host, options.num_users), ("project", 3))
        self.assertEqual((options.spawn_rate, options.run_time), (2.0, 1))
        self.assertEqual(options.tags, ["home"])
        self.assertEqual(self.parse("--config", "mine.conf").host, "mine")
        with mock.patch.dict(os.environ, {"LOCUST_HOST": "environment"}):
            self.assertEqual(self.parse("--config=mine.conf").host, "environment")
            self.assertEqual(self.parse("--config=mine.conf", "-H", "command").host, "command")
        self.assertEqual(self.parse("A", "-T", "x").tags, ["x"])
        self.assertEqual(self.parse("A", "B").user_classes, ["A", "B"])

    def test_flags(self):
        for value, expected in {"": True, " = true": True, ": on": True, "=no": False}.items():
            self.write("locust.conf", "headless" + value)
            self.assertEqual(self.parse().headless, expected, value)
        self.write("locust.conf", "headless = maybe")
        code, errors = self.fails(self.parse)
        self.assertEqual(code, 2)
        self.assertIn("Unexpected value for headless: 'maybe'. Expecting 'true', 'false'", errors)

    def test_unknown_name(self):
        self.write("locust.conf", "num_users = 3")
        code, errors = self.fails(self.parse)
        self.assertEqual(code, 2)
        expected = "unrecognized arguments: --num_users=3\nDid you mean '--users'?"
        self.assertEqual(errors, f"locust: error: {expected}\n")

    def test_irregular_variables(self):
        variables = {
            "LOCUST_MODE_WORKER": "1",
            "LOCUST_MASTER_NODE_HOST": "127.0.0.2",
            "LOCUST_MASTER_NODE_PORT": "7",
            "LOCUST_USER_CLASSES": "A B",
            "LOCUST_USERCLASS_PICKER": "yes",
            "LOCUST_CSV": "prefix",
        }
        with mock.patch.dict(os.environ, variables):
            options = self.parse()
        self.assertTrue(options.worker and options.class_picker)
        self.assertEqual((options.master_host, options.master_port), ("127.0.0.2", 7))
        self.assertEqual((options.user_classes, options.csv_prefix), (["A", "B"], "prefix"))


class OwnOptions(InFolder):
    """What a locustfile adds."""

    def setUp(self):
        super().setUp()
        events.init_command_line_parser.add_listener(self.add)
        self.addCleanup(events.init_command_line_parser.remove_listener, self.add)

    @staticmethod
    def add(parser, **_):
        parser.add_argument("--mine", env_var="MY_OPTION", default="d", help="told")
        parser.add_argument("--secret", is_secret=True, default="s")
        parser.add_argument("--hidden", include_in_web_ui=False)
        group = parser.add_argument_group("More")
        group.add_argument("--many", action="append", env_var="MANY")
        group.add_argument("--one-of", choices=["a", "b"], default="a", is_required=True)
        group.add_argument("--must", required=True, env_var="MUST")

    def test_sources(self):
        self.write("locust.conf", "mine = file\nmany = [x, y]\nmust = 1")
        self.assertEqual((self.parse().mine, self.parse().many), ("file", ["x", "y"]))
        self.assertEqual(self.parse("--many", "z").many, ["z"])
        with mock.patch.dict(os.environ, {"MY_OPTION": "environment"}):
            self.assertEqual(self.parse().mine, "environment")

    def test_errors(self):
        self.assertIn("the following arguments are required: --must", self.fails(self.parse)[1])
        text = "argument --one-of: invalid choice: 'c' (choose from 'a', 'b')"
        self.assertIn(text, self.fails(self.parse, "--must=1", "--one-of", "c")[1])

    def test_extra_args(self):
        extra = argument_parser.ui_extra_args_dict(["--must=1"])
        self.assertEqual(list(extra), ["mine", "secret", "many", "one_of", "must"])
        self.assertEqual((extra["mine"]["default_value"], extra["mine"]["help_text"]), ("d", "told"))
        self.assertTrue(extra["secret"]["is_secret"] and extra["one_of"]["is_required"])


class Locustfiles(InFolder):
    def find(self, *args):
        found = argument_parser.parse_locustfile_option(list(args))[1]
        return [os.path.relpath(path) for path in found]

    def test_paths(self):
        for name in ["locustfile.py", "a.py", "d/b.py", "d/e/c.py", "d/_no.py", "d/__init__.py"]:
            self.write(name)
        self.assertEqual(self.find(), ["locustfile.py"])
        self.assertEqual(self.find("--headless", "-u", "3", "-f", "a.py"), ["a.py"])
        self.assertEqual(self.find("-f", "a.py, locustfile.py,a.py"), ["a.py", "locustfile.py"])
        self.assertEqual(self.find("-f", "d"), ["d/b.py", "d/e/c.py"])
        with mock.patch.dict(os.environ, {"LOCUST_LOCUSTFILE": "a.py"}):
            self.assertEqual(self.find(), ["a.py"])
        self.write("locust.conf", "locustfile = d/b.py")
        self.assertEqual(self.find("--frob"), ["d/b.py"])

    def test_missing(self):
        self.write("a.txt")
        for name in ["locustfile.py", "b.py", "a.txt", "b"]:
            code, errors = self.fails(self.find, "-f", name)
            self.assertEqual(code, 1)
            self.assertTrue(errors.startswith(f"Could not find '{name}'. Ensure your locustfile ends"))

    def test_refused(self):
        code, errors = self.fails(self.find, "-f", "https://example.com/a.py")
        self.assertEqual(code, 2)
        self.assertIn("is a URL, which is not supported", errors)
        self.assertEqual(self.fails(self.find, "-f", "-")[0], 1)
        self.assertEqual(self.fails(self.find, "--worker", "-f", "-")[0], 2)

    def test_help_and_version(self):
        for args, start in {("--help",): "Usage: locust [options]", ("-V",): "locust "}.items():
            out = io.StringIO()
            with redirect_stdout(out), self.assertRaises(SystemExit) as end:
                argument_parser.parse_locustfile_option(list(args))
            self.assertEqual(end.exception.code, 0)
            self.assertTrue(out.getvalue().startswith(start))


if __name__ == "__main__":
    unittest.main()
