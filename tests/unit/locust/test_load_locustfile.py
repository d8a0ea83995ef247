# SPDX-License-Identifier: Apache-2.0
"""Which classes of a locustfile become users, and where it finds what it imports."""
import os
import sys
import tempfile
import textwrap
import unittest

from locust.util.load_locustfile import load_locustfile


class Load(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        before, modules = sys.path[:], set(sys.modules)
        self.addCleanup(lambda: [sys.modules.pop(n) for n in set(sys.modules) - modules])
        self.addCleanup(lambda: sys.path.__setitem__(slice(None), before))

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w") as file:
            file.write(textwrap.dedent(text))
        return path

    def test_users(self):
        self.write("sibling.py", "from locust import User\nclass Imported(User): pass\n")
        path = self.write(
            "mine.py",
            """
            from locust import HttpUser, User, task
            from sibling import Imported
            class Own(HttpUser): pass
            class Base(User):
                abstract = True
            class Derived(Base): pass
            class Other: pass
            """,
        )
        users, shapes = load_locustfile(path)
        self.assertEqual(list(users), ["Imported", "Own", "Derived"])
        self.assertEqual(shapes, [])
        self.assertEqual(sys.path[0], self.folder)
        self.assertEqual(sys.modules["mine"].__file__, path)

    def test_shapes_are_made(self):
        path = self.write(
            "shapes.py",
            """
            from locust import LoadTestShape
            class Base(LoadTestShape):
                abstract = True
            class Mine(Base):
                abstract = False
                def tick(self): return None
            """,
        )
        _, shapes = load_locustfile(path)
        self.assertEqual([type(shape).__name__ for shape in shapes], ["Mine"])

    def test_name_of_this_package(self):
        load_locustfile(self.write("locust.py", "from locust import User\nclass A(User): pass\n"))
        self.assertEqual(sys.modules["locustfile"].A.__module__, "locustfile")
        self.assertTrue(hasattr(sys.modules["locust"], "__path__"))

    def test_what_the_file_raises_comes_through(self):
        with self.assertRaises(SyntaxError):
            load_locustfile(self.write("bad.py", "class A(\n"))
        with self.assertRaises(ZeroDivisionError):
            load_locustfile(self.write("zero.py", "1 / 0\n"))


if __name__ == "__main__":
    unittest.main()
