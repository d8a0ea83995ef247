# SPDX-License-Identifier: Apache-2.0
"""What `import locust` does to the process, each in a fresh one."""
import os
import subprocess
import sys
import tempfile
import unittest


def python(code, **environment):
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=50,
    )


class ImportTest(unittest.TestCase):
    def test_blocking_calls_are_patched_unless_told_not_to(self):
        code = "import locust, gevent.monkey as m; print(m.is_module_patched('socket'))"
        self.assertEqual(python(code).stdout, "True\n")
        self.assertEqual(python(code, LOCUST_SKIP_MONKEY_PATCH="1").stdout, "False\n")

    def without_gevent(self, code):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "gevent.py"), "w") as file:
                file.write("raise ImportError('not here')\n")
            path = folder + os.pathsep + os.environ["PYTHONPATH"]
            return python(code, PYTHONPATH=path)

    def test_without_gevent(self):
        answer = self.without_gevent("import locust")
        self.assertIn("ImportError: Locust files need the Python package gevent", answer.stderr)

    def test_without_gevent_as_the_program(self):
        answer = self.without_gevent("import sys; sys.argv[0] = 'x/launch.py'; import locust")
        self.assertEqual(answer.returncode, 1)
        self.assertEqual(answer.stderr.count("\n"), 1)
        self.assertIn("`apt install python3-gevent`", answer.stderr)
        self.assertNotIn("pip", answer.stderr)

    def test_without_gevent_in_an_environment(self):
        code = "import sys; sys.argv[0] = 'locust'; sys.prefix = '/home/x/venv'; import locust"
        answer = self.without_gevent(code)
        self.assertIn(f"`{sys.executable} -m pip install gevent`", answer.stderr)
        self.assertIn("KENEYPERF_PYTHON=/usr/bin/python3", answer.stderr)

    def test_exports(self):
        code = "from locust import *; print(constant(2)(None), events.init, __version__)"
        answer = python(code)
        self.assertEqual((answer.returncode, answer.stdout[:2]), (0, "2 "))


if __name__ == "__main__":
    unittest.main()
