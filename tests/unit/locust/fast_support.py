# SPDX-License-Identifier: Apache-2.0
"""A user of FastHttpUser's kind against a raw server, and the samples that it fires."""
import unittest

from support import Environment

from raw_server import RawServer

from locust.contrib.fasthttp import FastHttpUser


class Case(unittest.TestCase):
    def setUp(self):
        self.server = RawServer()
        self.addCleanup(self.server.stop)
        self.environment = Environment()
        self.samples: list = []
        self.environment.events.request.add_listener(lambda **sample: self.samples.append(sample))
        self.user = self.make_user()
        self.client = self.user.client

    def make_user(self, **attributes):
        attributes = {"host": self.server.url, "abstract": True, **attributes}
        return type("FastUser", (FastHttpUser,), attributes)(self.environment)

    def errors(self) -> list:
        return [repr(sample["exception"]) for sample in self.samples]
