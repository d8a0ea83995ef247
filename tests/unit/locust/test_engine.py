# SPDX-License-Identifier: Apache-2.0
"""locust._engine against a server: what _engine.pyi promises."""
import gc
import json
import threading
import unittest
import weakref

import gevent
from gevent.pool import Pool
from raw_server import RawServer, certificate, closed_port, remove, tls_context

import locust  # noqa: F401  (patches the standard library, as everywhere)
from locust import _engine, _hub


class Answer(_engine.Answer):
    """Locust's clients derive like this."""


class Case(unittest.TestCase):
    def setUp(self):
        _hub.ensure_open()
        self.server = RawServer()
        self.addCleanup(self.server.stop)
        self.session = _engine.Session("Tester")

    def request(self, path="/echo", method="GET", session=None, common=None, headers=None,
                body=None, transport=None, connect=5.0, read=5.0, flags=0, answer_type=Answer):
        url = path if "://" in path else self.server.url + path
        return (session or self.session).request(method, url, "name", common, headers, body,
                                                 transport, connect, read, flags, answer_type)

    def wait_until(self, condition):
        with gevent.Timeout(10):
            while not condition():
                gevent.sleep(0.001)


class Answers(Case):
    def test_attributes(self):
        answer = self.request("/json?q", headers={"X": "y"}, body=b"abc", method="POST")
        self.assertIs(type(answer), Answer)
        head = answer.status_code, answer.reason, answer.http_minor
        self.assertEqual(head, (200, "Because", 1))
        self.assertEqual((answer.outcome, answer.error), ("OK", ""))
        self.assertEqual((answer.content, answer.body_bytes), (b'{"a": [1, 2]}', 13))
        self.assertEqual(answer.url, self.server.url + "/json?q")
        self.assertEqual((answer.request_method, answer.request_body), ("POST", b"abc"))
        self.assertIn(("X", "y"), answer.request_header_items)
        self.assertEqual(answer.header_items[1], ("Content-Type", "application/json"))
        self.assertEqual((answer.header("content-type"), answer.header("nope")),
                         ("application/json", None))
        self.assertTrue(0 < answer.elapsed_ms < 5000)
        self.assertTrue(1.7e9 < answer.start_time)
        answer.own = 1

    def test_headers_of_one_name_are_joined(self):
        self.assertEqual(self.request("/twice").header("x-a"), "1, 2")

    def test_statuses(self):
        for status, outcome in ((204, "OK"), (304, "OK"), (302, "OK"), (404, "HTTP_4XX"),
                                (503, "HTTP_5XX")):
            answer = self.request(f"/status/{status}")
            self.assertEqual((answer.status_code, answer.outcome), (status, outcome))
        self.assertEqual(self.server.connections, 1)

    def test_bodies(self):
        for body, sent in ((None, ""), (b"", ""), (b"\x00\xff", "\x00\xff"), ("é", "Ã©")):
            answer = self.request("/echo", "POST", body=body)
            self.assertEqual(json.loads(answer.content)["body"], sent)
        for path in ("/gzip", "/deflate"):
            self.assertEqual(self.request(path).content, b"packed")
        self.assertEqual(self.request("/until-close").content, b"all of it")
        self.assertEqual(self.request("/lines").content, b"one\r\ntwo\n\nthree")

    def test_headers_win_over_common(self):
        common = {"a": ("A", "1"), "b": ("B", "2"), "c": ("C", "3")}
        answer = self.request(common=common, headers={"b": "own", "C": None, "D": b"4"})
        self.assertEqual(answer.request_header_items, [("A", "1"), ("b", "own"), ("D", "4")])
        answer = self.request(common=common)
        self.assertEqual(answer.request_header_items, [("A", "1"), ("B", "2"), ("C", "3")])

    def test_base_class_alone(self):
        self.assertEqual(self.request(answer_type=_engine.Answer).status_code, 200)
        with self.assertRaises(TypeError):
            self.request(answer_type=dict)

    def test_an_answer_outlives_its_session(self):
        session = _engine.Session("Other")
        answer = self.request("/json", session=session)
        del session
        gc.collect()
        self.assertEqual(answer.content, b'{"a": [1, 2]}')
        self.assertEqual(answer.header("content-length"), "13")

    def test_nothing_is_kept(self):
        answer = self.request("/json")
        gone = weakref.ref(answer)
        del answer
        self.assertIsNone(gone())


class Refusals(Case):
    def test_what_cannot_be_sent(self):
        for name, keywords in (
            ("scheme", {"path": "ftp://x/"}),
            ("host", {"path": "http:///"}),
            ("method", {"method": "G ET"}),
            ("no method", {"method": ""}),
            ("line break", {"headers": {"X": "a\r\nb"}}),
            ("header name", {"headers": {"": "a"}}),
            ("name with a space", {"headers": {"a b": "c"}}),
            ("name with a line break", {"headers": {"a\nb": "c"}}),
            ("line break in common", {"common": {"x": ("X", "a\nb")}}),
            ("null", {"headers": {"X": "a\0b"}}),
        ):
            with self.subTest(name), self.assertRaises(ValueError):
                self.request(**keywords)
        self.assertEqual(self.server.targets, [])

    def test_types(self):
        for name, keywords in (
            ("body", {"body": 5}),
            ("headers", {"headers": [("a", "b")]}),
            ("common", {"common": [1]}),
            ("header value", {"headers": {"X": 5}}),
            ("common pair", {"common": {"x": "y"}}),
            ("method", {"method": 5}),
            ("timeout", {"read": "x"}),
            ("flags", {"flags": "x"}),
            ("transport", {"transport": 5}),
        ):
            with self.subTest(name), self.assertRaises(TypeError):
                self.request(**keywords)
        with self.assertRaises(TypeError):
            self.session.request("GET")

    def test_other_threads(self):
        from gevent.monkey import get_original

        raised = []

        def other():
            for call in (lambda: self.request(), lambda: _engine.Session("x"),
                         lambda: _engine.sleep(0)):
                try:
                    call()
                except RuntimeError as error:
                    raised.append(str(error))

        done = threading.Event()
        get_original("_thread", "start_new_thread")(lambda: (other(), done.set()), ())
        self.wait_until(lambda: len(raised) == 3)

    def test_lone_surrogates(self):
        for keywords in ({"path": "/\ud800"}, {"headers": {"X": "\ud800"}}, {"body": "\ud800"}):
            with self.subTest(keywords), self.assertRaises(ValueError):
                self.request(**keywords)

    def test_lone_surrogates_in_names(self):
        answer = self.session.request(
            "GET", self.server.url + "/echo", "\ud800", None, None, None, None, 5.0, 5.0, 0, Answer
        )
        self.assertEqual(answer.status_code, 200)
        _engine.record_custom("Tester", "\ud800", "\ud800", 1.0, False)
        _engine.check("Tester", "\ud800", True)


class Failures(Case):
    def test_broken_answers(self):
        for path, outcome in (
            ("/close", "CLOSED"), ("/truncated", "CLOSED"), ("/garbage", "MALFORMED"),
            ("/badchunk", "MALFORMED"), ("/badlength", "MALFORMED"), ("/badheader", "MALFORMED"),
            ("/badgzip", "DECOMPRESSION"), ("/reset", "RESET"),
        ):
            with self.subTest(path):
                answer = self.request(path)
                self.assertEqual((answer.status_code, answer.outcome), (0, outcome))
                self.assertTrue(answer.error)

    def test_no_server(self):
        with closed_port() as taken:
            answer = self.request(f"http://127.0.0.1:{taken.getsockname()[1]}/")
        self.assertEqual((answer.status_code, answer.outcome), (0, "DIAL_REFUSED"))
        answer = self.request("http://nowhere.invalid/")
        self.assertIn(answer.outcome, ("DNS_NO_SUCH_HOST", "DNS"))

    def test_silence(self):
        for path in ("/held", "/half"):
            answer = self.request(path, read=0.03)
            self.assertEqual((answer.status_code, answer.outcome), (0, "TIMEOUT"))
        self.assertLess(self.request("/held", read=0.03).elapsed_ms, 5000)

    def test_no_limits(self):
        self.server.gate.set()
        self.assertEqual(self.request("/held", connect=0, read=0).status_code, 200)


class Waiting(Case):
    def test_many_greenlets(self):
        pool = Pool()
        answers = [pool.spawn(self.request, "/held") for _ in range(50)]
        self.wait_until(lambda: self.server.waiting == 50)
        self.server.gate.set()
        pool.join()
        self.assertEqual({greenlet.value.status_code for greenlet in answers}, {200})
        self.assertEqual({greenlet.value.content for greenlet in answers}, {b"late"})

    def test_many_sessions(self):
        sessions = [_engine.Session("Tester") for _ in range(50)]
        pool = Pool()
        greenlets = [pool.spawn(lambda s: [self.request("/json", session=s).status_code
                                           for _ in range(20)], session) for session in sessions]
        pool.join()
        self.assertEqual([greenlet.value for greenlet in greenlets], [[200] * 20] * 50)
        self.assertEqual(self.server.connections, 50)

    def test_kill(self):
        greenlets = [gevent.spawn(self.request, "/held") for _ in range(10)]
        self.wait_until(lambda: self.server.waiting == 10)
        gevent.killall(greenlets)
        self.assertTrue(all(isinstance(g.value, gevent.GreenletExit) for g in greenlets))
        self.assertEqual(self.request("/json").status_code, 200)

    def test_kill_before_the_start(self):
        greenlet = gevent.spawn(self.request, "/json")
        greenlet.kill()
        self.assertEqual(self.server.targets, [])

    def test_killed_while_it_is_ready(self):
        """The answer is there and the greenlet has not gone on yet."""
        greenlets = [gevent.spawn(self.request, "/json") for _ in range(20)]
        first = greenlets[0]
        first.link(lambda _: gevent.killall(greenlets, block=False))
        gevent.joinall(greenlets)
        for greenlet in greenlets:
            self.assertIsInstance(greenlet.value, (Answer, gevent.GreenletExit))

    def test_alarm(self):
        with self.assertRaises(gevent.Timeout), gevent.Timeout(0.03):
            self.request("/held")
        with self.assertRaisesRegex(KeyError, "mine"), gevent.Timeout(0.03, KeyError("mine")):
            self.request("/held")

    def test_sleep(self):
        told = []

        def one(name, seconds):
            _engine.sleep(seconds)
            told.append(name)

        gevent.joinall([gevent.spawn(one, "late", 0.04), gevent.spawn(one, "soon", 0.01),
                        gevent.spawn(one, "now", 0)])
        self.assertEqual(told, ["now", "soon", "late"])

    def test_cut_sleep(self):
        greenlet = gevent.spawn(_engine.sleep, 60)
        gevent.sleep(0)
        greenlet.kill()
        self.assertIsInstance(greenlet.value, gevent.GreenletExit)
        with self.assertRaises(gevent.Timeout), gevent.Timeout(0.01):
            _engine.sleep(60)

    def test_exception_of_a_handler_between(self):
        """A greenlet that fails does not stop the others of the same turn."""
        def failing():
            self.request("/json")
            raise KeyError("expected by this test")

        gevent.get_hub().NOT_ERROR += (KeyError,)
        greenlets = [gevent.spawn(failing), gevent.spawn(self.request, "/json"),
                     gevent.spawn(failing), gevent.spawn(self.request, "/json")]
        gevent.joinall(greenlets)
        statuses = [greenlet.value and greenlet.value.status_code for greenlet in greenlets]
        self.assertEqual(statuses, [None, 200, None, 200])


class Streams(Case):
    def read(self, answer):
        pieces = []
        while piece := answer.read_chunk():
            pieces.append(piece)
        return pieces

    def test_pieces(self):
        answer = self.request("/lines", flags=_engine.STREAM)
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(b"".join(self.read(answer)), b"one\r\ntwo\n\nthree")
        self.assertEqual((answer.outcome, answer.read_chunk()), ("OK", b""))

    def test_headers_come_first(self):
        answer = self.request("/half", flags=_engine.STREAM)
        self.assertEqual((answer.status_code, answer.read_chunk()), (200, b"abc"))
        greenlet = gevent.spawn(answer.read_chunk)
        gevent.sleep(0.01)
        self.assertFalse(greenlet.ready())
        self.server.gate.set()
        self.assertEqual((greenlet.get(), answer.outcome), (b"", "CLOSED"))

    def test_whole_content(self):
        answer = self.request("/lines", flags=_engine.STREAM)
        self.assertEqual(answer.content, b"one\r\ntwo\n\nthree")
        answer = self.request("/lines")
        self.assertEqual(self.read(answer), [b"one\r\ntwo\n\nthree"])

    def test_whole_content_of_a_stream_that_was_paused(self):
        answer = self.request("/large", flags=_engine.STREAM)
        gevent.sleep(0.05)
        with gevent.Timeout(10):
            self.assertEqual(len(answer.content), 1_000_000)

    def test_one_reader(self):
        answer = self.request("/half", flags=_engine.STREAM)
        self.assertEqual(answer.read_chunk(), b"abc")
        reader = gevent.spawn(answer.read_chunk)
        gevent.sleep(0)
        self.assertRaisesRegex(RuntimeError, "another greenlet", answer.read_chunk)
        answer.release()
        self.assertEqual(reader.get(timeout=10), b"")

    def test_packed(self):
        answer = self.request("/gzip", flags=_engine.STREAM)
        self.assertEqual(b"".join(self.read(answer)), b"packed")
        answer = self.request("/badgzip", flags=_engine.STREAM)
        self.assertEqual((self.read(answer), answer.outcome), ([], "DECOMPRESSION"))

    def test_release(self):
        answer = self.request("/half", flags=_engine.STREAM)
        answer.release()
        answer.release()
        self.assertEqual(self.request("/json").status_code, 200)
        self.assertEqual(self.server.connections, 2)
        self.request("/json").release()

    def test_forgotten(self):
        for _ in range(5):
            self.request("/half", flags=_engine.STREAM)
        gc.collect()
        self.assertEqual(self.request("/json").status_code, 200)

    def test_kill_of_a_reader(self):
        answer = self.request("/half", flags=_engine.STREAM)
        self.assertEqual(answer.read_chunk(), b"abc")
        greenlet = gevent.spawn(answer.read_chunk)
        gevent.sleep(0.005)
        greenlet.kill()
        self.assertIsInstance(greenlet.value, gevent.GreenletExit)
        answer.release()
        self.assertEqual(self.request("/json").status_code, 200)

    def test_silence(self):
        answer = self.request("/half", flags=_engine.STREAM, read=0.03)
        self.assertEqual(answer.read_chunk(), b"abc")
        self.assertEqual((answer.read_chunk(), answer.outcome), (b"", "TIMEOUT"))


class Cookies(Case):
    def names(self):
        return [cookie[0] for cookie in self.session.cookies()]

    def sent(self, **keywords):
        return dict(self.request(**keywords).request_header_items).get("Cookie")

    def test_table(self):
        self.request("/cookies")
        self.assertEqual(self.session.cookies(), [
            ("a", "1", "localhost", "/", None, False, False, True),
            ("b", "2", "localhost", "/", None, False, False, True)])

    def test_set_and_delete(self):
        self.session.set_cookie("k", "v", "localhost", "/", None, False, True)
        self.session.set_cookie("s", "v", "localhost", "/", 4e9, True, True)
        self.assertIn(b'"cookie": "k=v"', self.request().content)
        self.assertEqual(self.session.cookies()[1][4:7], (4e9, True, False))
        self.assertTrue(self.session.delete_cookie("k", "localhost", "/"))
        self.assertFalse(self.session.delete_cookie("k", "localhost", "/"))
        self.session.clear_cookies()
        self.assertEqual(self.session.cookies(), [])

    def test_latin_1(self):
        self.session.set_cookie("k", "é", "localhost", "/", float("inf"), False, True)
        self.assertEqual(self.session.cookies()[0][:5], ("k", "é", "localhost", "/", None))
        self.assertIn(b'"cookie": "k=\\u00e9"', self.request().content)
        with self.assertRaises(UnicodeEncodeError):
            self.session.set_cookie("k", "ž", "localhost", "/", None, False, True)

    def test_own_header_wins(self):
        self.request("/cookies")
        self.assertIn(b'"cookie": "x=y"', self.request(headers={"Cookie": "x=y"}).content)

    def test_not_at_all(self):
        self.request("/cookies", flags=_engine.NO_COOKIES)
        self.assertEqual(self.names(), [])
        self.request("/cookies")
        self.assertNotIn(b"cookie", self.request(flags=_engine.NO_COOKIES).content)

    def test_one_jar_a_session(self):
        other = _engine.Session("Tester")
        self.request("/cookies", session=other)
        self.assertEqual(self.names(), [])


class Sessions(Case):
    def test_close(self):
        self.request("/json")
        self.session.close()
        self.assertEqual(self.request("/json").status_code, 200)
        self.assertEqual(self.server.connections, 2)

    def test_records(self):
        _engine.set_users(3)
        _engine.record_iteration("Tester", 1.0, 2.0)
        _engine.record_iteration("Tester", 1.0, 2.0, 0.5)
        _engine.record_dropped("Tester", 2)
        _engine.check("Tester", "name", True)
        _engine.record_custom("Tester", "grpc", "name", 12.5, False)
        for call in (lambda: _engine.set_users("x"), lambda: _engine.check("Tester"),
                     lambda: _engine.record_custom("Tester", "grpc", "name", "x", False)):
            with self.assertRaises(TypeError):
                call()

    def test_lag(self):
        _engine.take_lag()
        gevent.get_hub().loop.run_callback(lambda: sum(range(2_000_000)))
        gevent.sleep(0.01)
        self.assertGreater(_engine.take_lag(), 1)
        self.assertGreater(_engine.busy_since(), 0)


class Transports(Case):
    @classmethod
    def setUpClass(cls):
        cls.files = certificate()
        cls.addClassCleanup(remove, cls.files)

    def get(self, host, transport):
        secure = RawServer(tls_context(self.files))
        self.addCleanup(secure.stop)
        return self.request(f"https://{host}:{secure.port}/json", transport=transport).outcome

    def test_trust(self):
        trusting = _engine.Transport(ca_file=self.files[0])
        for name, host, transport, outcome in (
            ("engine's", "localhost", None, "TLS_UNKNOWN_AUTHORITY"),
            ("none", "127.0.0.1", _engine.Transport(verify=False), "OK"),
            ("file", "localhost", trusting, "OK"),
            ("other name", "127.0.0.1", trusting, "TLS_HOSTNAME"),
            ("certificate", "localhost", _engine.Transport(
                ca_file=self.files[0], cert_file=self.files[0], key_file=self.files[1]), "OK"),
        ):
            with self.subTest(name):
                self.assertEqual(self.get(host, transport), outcome)

    def test_files_that_cannot_be_used(self):
        for keywords in ({"ca_file": "/nowhere"}, {"cert_file": "/nowhere"},
                         {"cert_file": self.files[0], "key_file": __file__}, {"proxy": "nonsense"}):
            with self.subTest(keywords), self.assertRaises(ValueError):
                _engine.Transport(**keywords)

    def test_proxy(self):
        proxy = _engine.Transport(proxy=self.server.url)
        answer = self.request("http://somewhere.invalid/echo", transport=proxy)
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(self.server.targets, ["http://somewhere.invalid/echo"])


if __name__ == "__main__":
    unittest.main()
