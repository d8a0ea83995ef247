# SPDX-License-Identifier: Apache-2.0
"""catch_response and rest(): who judges a request, and what gets lost."""
import gc
import unittest

from fast_support import Case

from locust import HttpUser, clients
from locust._generator import lost
from locust.contrib.fasthttp import ErrorResponse, ResponseContextManager
from locust.exception import CatchResponseError, LocustError, RescheduleTask, ResponseError


class Catch(Case):
    def block(self, path, judge):
        with self.client.get(path, catch_response=True) as answer:
            judge(answer)

    def test_judgements(self):
        bad = "LocustBadStatusCode(code=404)"
        for name, path, judge, error in (
            ("status good", "/json", lambda r: None, "None"),
            ("status bad", "/status/404", lambda r: None, bad),
            ("success", "/status/404", lambda r: r.success(), "None"),
            ("failure", "/json", lambda r: r.failure("why"), "CatchResponseError('why')"),
            ("exception", "/json", lambda r: r.failure(ValueError("why")), "ValueError('why')"),
            ("last is good", "/json", lambda r: (r.failure("why"), r.success()), "None"),
            ("last is bad", "/json", lambda r: (r.success(), r.failure("why")),
             "CatchResponseError('why')"),
            ("no answer", "/close", lambda r: None, "HTTPConnectionClosed('connection closed.')"),
            ("no answer wanted", "/close", lambda r: r.success(), "None"),
            ("by hand", "/json", lambda r: r.request_meta.update(exception=KeyError(1)),
             "KeyError(1)"),
        ):
            with self.subTest(name):
                self.block(path, judge)
                self.assertEqual(self.errors()[-1], error)
        self.assertEqual(len(self.samples), 10)

    def test_changed_sample(self):
        self.block("/json", lambda r: r.request_meta.update(name="other", response_time=5, more=1))
        sample = self.samples[0]
        self.assertEqual((sample["name"], sample["response_time"], sample["more"]), ("other", 5, 1))
        self.assertIsInstance(sample["response"], ResponseContextManager)

    def test_exceptions_in_the_block(self):
        def raises(error, before=lambda r: None):
            def judge(answer):
                before(answer)
                raise error
            return judge

        self.block("/json", raises(ResponseError("why")))
        self.assertEqual(self.errors(), ["ResponseError('why')"])
        with self.assertRaises(RescheduleTask):
            self.block("/json", raises(RescheduleTask(), lambda r: r.failure("f")))
        self.assertEqual(self.errors()[1:], ["CatchResponseError('f')"])
        before = lost.count
        with self.assertLogs("locust.clients", "WARNING") as logs:
            for _ in range(2):
                with self.assertRaises(KeyError):
                    self.block("/json?lost", raises(KeyError("boom")))
        self.assertEqual((len(self.samples), len(logs.output)), (2, 1))
        self.assertEqual(lost.count, before + 2)
        self.assertIn("GET /json?lost is missing from the statistics: its with-block raised "
                      "KeyError('boom') before it was judged", logs.output[0])

    def test_without_a_block(self):
        answer = self.client.get("/json?alone", catch_response=True)
        for judge in (answer.success, lambda: answer.failure("why")):
            with self.assertRaisesRegex(LocustError, "not yet been made. Make sure you use a with"):
                judge()
        with self.assertLogs("locust.clients", "WARNING") as logs:
            del answer, judge
            gc.collect()
        self.assertIn("catch_response=True without a with-block", logs.output[0])
        self.assertEqual(self.samples, [])

    def test_without_catch_response(self):
        with self.client.get("/json") as answer:
            with self.assertRaisesRegex(LocustError, "you must pass catch_response=True"):
                answer.failure("why")
        with self.assertRaises(LocustError):
            self.client.get("/close").success()
        self.assertEqual(len(self.samples), 2)

    def test_raise_for_status(self):
        with self.assertRaises(ConnectionError), self.assertLogs("locust.clients"):
            with self.client.get("http://127.0.0.1:1/", catch_response=True) as answer:
                self.assertEqual((answer.status_code, answer.text, bool(answer)), (0, None, False))
                answer.raise_for_status()

    def test_streams(self):
        with self.client.get("/lines", catch_response=True, stream=True) as answer:
            self.assertEqual(answer.content, b"one\r\ntwo\n\nthree")
        self.assertEqual(self.errors(), ["None"])


class Rest(Case):
    def rest(self, path, judge=lambda r: None, **kwargs):
        with self.user.rest("GET", path, **kwargs) as answer:
            judge(answer)
        return answer

    def test_json(self):
        self.assertEqual(self.rest("/json").js, {"a": [1, 2]})
        self.assertIsNone(self.rest("/empty").js)
        seen = self.rest("/echo", headers={"accept": "x", "X": "y"}).js["headers"]
        self.assertEqual((seen["accept"], seen["content-type"], seen["x"]),
                         ("x", "application/json", "y"))
        self.assertEqual(self.errors(), ["None"] * 3)

    def test_failures(self):
        here = rf"{__file__}:\d+ in "
        for name, path, judge, text in (
            ("status", "/status/404", None, "^Could not parse response as JSON. body, response code"
             " 404, error Expecting value: line 1 column 1 .char 0.$"),
            ("no json", "/nojson", None, "^Could not parse response as JSON. no json, response"),
            ("no answer", "/close", None, "^connection closed.$"),
            ("assertion", "/json", lambda r: self.fail("msg"), "^msg$"),
            ("comma", "/json", lambda r: self.fail("msg,"), '^msg, response was {"a": .1, 2.}$'),
            ("own", "/json", lambda r: r.failure("mine"), "^mine$"),
            ("exception", "/json", lambda r: r.js["b"],
             rf"^KeyError: 'b' at {here}rest, {here}<lambda>. Response was {{\"a\": .1, 2.}}$"),
        ):
            with self.subTest(name):
                self.rest(path, judge or (lambda r: None))
                error = self.samples[-1]["exception"]
                self.assertIsInstance(error, CatchResponseError)
                self.assertRegex(str(error), text)

    def test_bare_assertion(self):
        with self.user.rest("GET", "/json") as answer:
            assert answer.js is None
        self.assertEqual(self.errors(), ["CatchResponseError('Assertion failed')"])

    def test_control_exceptions_pass(self):
        with self.assertRaises(KeyboardInterrupt):
            with self.user.rest("GET", "/json"):
                raise KeyboardInterrupt

    def test_rest_underscore(self):
        with self.user.rest_("GET", "/json?a=1") as answer:
            self.assertEqual(answer.js, {"a": [1, 2]})
        with self.user.rest_("GET", "/json", name="own"):
            pass
        self.assertEqual([sample["name"] for sample in self.samples], ["/json?a=1&_=...", "own"])
        self.assertRegex(self.server.targets[0], r"^/json\?a=1&_=\d{13}$")


class RestOfHttpUser(Case):
    def test_both_clients_have_it(self):
        attributes = {"host": self.server.url, "abstract": True}
        user = type("Plain", (HttpUser,), attributes)(self.environment)
        with user.rest("GET", "/json") as answer:
            self.assertEqual(answer.js, {"a": [1, 2]})
            assert answer.js is None, "why"
        with user.rest("GET", "/nojson"):
            pass
        with user.rest("GET", "/close"):
            pass
        texts = [str(sample["exception"]) for sample in self.samples]
        self.assertEqual(texts[0], "why")
        self.assertRegex(texts[1], "^Could not parse response as JSON. no json, response code 200")
        self.assertRegex(texts[2], "Remote end closed connection without response")


class Types(unittest.TestCase):
    def test_error_response(self):
        error = ValueError("why")
        answer = ErrorResponse(type("Request", (), {"url": "u"})(), error)
        self.assertEqual((answer.status_code, answer.error, answer.url), (0, error, "u"))


if __name__ == "__main__":
    unittest.main()
