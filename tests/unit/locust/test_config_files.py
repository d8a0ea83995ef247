# SPDX-License-Identifier: Apache-2.0
"""How lines of config files are read."""
import os
import tempfile
import unittest

from locust._cli import config_files


class Read(unittest.TestCase):
    def read(self, text, suffix=".conf"):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "x" + suffix)
            with open(path, "w") as file:
                file.write(text)
            return config_files.read(path)

    def test_conf_values(self):
        cases = {
            "a = b": "b",
            "a=b": "b",
            "a: http://h:80": "http://h:80",
            "a  b c": "b c",
            "--a = b": "b",
            "a": "true",
            "a =": "",
            "a = b#c": "b#c",
            "a = b # c": "b",
            "a = b ; c": "b",
            "a = #c": "#c",
            "a = 'b \"c\"'": 'b "c"',
            "a = [b, 'c d']": ["b", "c d"],
            'a = ["b", 2]': ["b", "2"],
            "a = []": [],
            'a = [{"b": 1}]': '[{"b": 1}]',
            'a = {"b": 1}': '{"b": 1}',
        }
        for line, value in cases.items():
            with self.subTest(line=line):
                self.assertEqual(self.read(line), [("a", value)])

    def test_lines_without_meaning(self):
        self.assertEqual(self.read("# a\n\n; b\n[section]\n---\n"), [])

    def test_errors(self):
        cases = {"a = 1\n: b": "Unexpected line 2 in ", "= b": "Unexpected line 1 in "}
        for text, start in cases.items():
            with self.assertRaises(config_files.ConfigError) as raised:
                self.read(text)
            self.assertTrue(str(raised.exception).startswith(start))
        with self.assertRaisesRegex(config_files.ConfigError, "^Couldn't parse TOML file: "):
            self.read("[tool.locust", ".toml")

    def test_toml(self):
        text = '[tool.locust]\na = 1\nb = true\nc = ["x", 1.5]\nd = [{e = 1}]\n[tool.other]\nf = 1\n'
        expected = [("a", "1"), ("b", "true"), ("c", ["x", "1.5"]), ("d", ['{"e": 1}'])]
        self.assertEqual(self.read(text, ".toml"), expected)
        self.assertEqual(self.read("[locust]\na = 1\n", ".toml"), [])


if __name__ == "__main__":
    unittest.main()
