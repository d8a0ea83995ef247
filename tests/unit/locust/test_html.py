# SPDX-License-Identifier: Apache-2.0
"""The report: its data, and that nothing of it is ever markup."""
import html.parser
import json
import re
import types
import unittest
from unittest import mock

from locust import html as report
from locust._report.data import distribution, format_duration, thinned, throughput
from locust._report.tables import _milliseconds
from locust.stats import RequestStats

START = 1795361700.25
EVIL = "</script><img src=x onerror=alert(1)>'\"&\u2028${script}"


class Page(html.parser.HTMLParser):
    """Which elements there are, and the text outside of scripts and styles."""

    def __init__(self, text):
        super().__init__()
        self.elements = []
        self.links = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        self.links += [value for name, value in attrs if name in ("src", "href")]
        if any(name.startswith("on") for name, _ in attrs):
            raise AssertionError(f"an event handler in {tag}")

    def handle_data(self, data):
        self.text += data


def environment(**values):
    stats = RequestStats()
    runner = types.SimpleNamespace(
        stats=stats,
        state="stopped",
        user_count=0,
        final_user_classes_count={"Evil": 3},
        user_classes_count={},
        exceptions={},
    )
    fields = {
        "runner": runner,
        "stats": stats,
        "host": None,
        "user_classes": [],
        "locustfile": "locustfile.py",
        "profile": None,
    }
    return types.SimpleNamespace(**{**fields, **values})


def data_of(page):
    return json.loads(re.search(r"window\.templateArgs = (.*)", page).group(1))


class Report(unittest.TestCase):
    def setUp(self):
        self.clock = START
        patches = [
            mock.patch("time.time", lambda: self.clock),
            mock.patch.object(report, "get_ratio", lambda classes, counts, total: self.tasks),
        ]
        for patch in patches:
            patch.start()
            self.addCleanup(patch.stop)
        self.tasks = {}

    def fill(self, env, name="/", error=None):
        for _ in range(40):
            self.clock += 0.25
            env.stats.on_request("GET", name, 12.5, 100, error)

    def test_keys(self):
        env = environment(host="http://a")
        self.fill(env, error="x")
        args = data_of(report.get_html_report(env, show_download_link=False))
        locusts = (
            "is_report show_download_link locustfile host profile start_time end_time duration "
            "requests_statistics response_time_statistics failures_statistics "
            "exceptions_statistics history tasks percentiles_to_chart"
        )
        self.assertLessEqual(set(locusts.split()), set(args))
        self.assertEqual((args["host"], args["duration"]), ("http://a", "10 seconds"))
        self.assertEqual(args["requests_statistics"][-1]["num_requests"], 40)
        self.assertEqual(args["response_time_statistics"][0]["0.95"], 12)
        self.assertEqual(args["failures_statistics"][0]["occurrences"], 40)

    def test_median_below_a_millisecond(self):
        env = environment()
        for time in (0.05, 0.2, 0.4, 9):
            env.stats.on_request("GET", "/", time, 1, None)
        page = report.get_html_report(env)
        self.assertEqual(page.count("&lt;\N{NO-BREAK SPACE}1"), 3)  # the tile and two rows

    def test_without_requests(self):
        page = report.get_html_report(environment())
        self.assertEqual(data_of(page)["duration"], "0 seconds")
        self.assertIn("Aggregated", Page(page).text)

    def test_nothing_of_the_users_is_markup(self):
        env = environment(host=EVIL, locustfile=EVIL, profile=EVIL)
        plain = Page(report.get_html_report(environment())).elements
        self.fill(env, EVIL, ValueError(EVIL))
        env.stats.on_request(EVIL, EVIL, 1, 1, EVIL)
        env.runner.exceptions[1] = {"count": 1, "msg": EVIL, "traceback": EVIL, "nodes": {EVIL}}
        self.tasks = {EVIL: {"ratio": 1.0, "tasks": {EVIL: {"ratio": 1.0}}}}
        text = report.get_html_report(env)
        page = Page(text)
        self.assertNotIn("img", page.elements)
        self.assertEqual(page.elements.count("script"), plain.count("script"))
        self.assertGreater(page.text.count(EVIL), 8)
        args = data_of(text)
        self.assertEqual(args["requests_statistics"][0]["name"], EVIL)
        self.assertEqual(args["exceptions_statistics"][0]["msg"], EVIL)

    def test_needs_nothing_else(self):
        page = report.get_html_report(environment(), show_download_link=False)
        self.assertEqual(Page(page).links, ["data:,"])
        self.assertNotIn("@import", page)
        self.assertNotIn("url(", page)

    def test_notes(self):
        self.assertNotIn('class="notes"', report.get_html_report(environment()))
        page = Page(report.get_html_report(environment(), notes=["The generator", EVIL]))
        self.assertIn(f"The generator{EVIL}", page.text)
        self.assertNotIn("img", page.elements)

    def test_times_have_the_digits_that_matter(self):
        cases = {0: "0", 0.25: "0.25", 1.37: "1.4", 12.5: "12.5", 13: "13", 1234.56: "1,235"}
        for milliseconds, text in cases.items():
            self.assertEqual(_milliseconds(milliseconds), text)

    def test_theme(self):
        for theme, shown in (("dark", "dark"), ("", ""), ('"><b>', "")):
            page = report.get_html_report(environment(), theme=theme)
            self.assertIn(f'<html lang="en" data-theme="{shown}">', page)

    def test_the_charts_reach_the_end_once(self):
        env = environment()
        self.fill(env)
        for _ in range(2):
            args = data_of(report.get_html_report(env))
        self.assertEqual([point["user_count"][1] for point in args["history"]], [3])
        self.assertEqual(args["history"][0]["time"], args["end_time"])

    def test_hosts_of_classes(self):
        classes = [type("A", (), {"host": "http://b"}), type("B", (), {"host": "http://a"})]
        args = report.template_args(environment(user_classes=[*classes, type("C", (), {})]))
        self.assertEqual(args["host"], "http://a, http://b")

    def test_no_runner(self):
        with self.assertRaises(ValueError):
            report.get_html_report(environment(runner=None))


class Data(unittest.TestCase):
    def test_duration(self):
        cases = {
            0.4: "0 seconds",
            1.9: "2 seconds",
            60: "1 minute",
            61: "1 minute and 1 second",
            3601: "1 hour and 1 second",
            90061: "1 day, 1 hour, 1 minute and 1 second",
            -5: "0 seconds",
        }
        for seconds, text in cases.items():
            self.assertEqual(format_duration(0, seconds), text)

    def test_throughput_counts_partial_seconds_as_long_as_they_lasted(self):
        total = types.SimpleNamespace(
            start_time=100.5,
            num_reqs_per_sec={100: 5, 101: 10, 102: 10, 103: 1},
            num_fail_per_sec={101: 4},
        )
        self.assertEqual(
            throughput(total, 103.1), [[0.25, 10.0, 0.0], [1.0, 10.0, 4.0], [2.0, 10.0, 0.0]]
        )

    def test_throughput_of_a_long_test_is_short(self):
        total = types.SimpleNamespace(
            start_time=0.0, num_reqs_per_sec={t: 7 for t in range(86400)}, num_fail_per_sec={}
        )
        points = throughput(total, 86400.0)
        self.assertLessEqual(len(points), 400)
        self.assertEqual({rate for _, rate, _ in points}, {7.0})

    def test_a_long_history_is_thinned(self):
        for count in (0, 1, 400, 401, 17280):
            points = thinned(list(range(count)))
            self.assertLessEqual(len(points), 400)
            self.assertEqual(points[-1:], list(range(count))[-1:])
        self.assertEqual(len(thinned(list(range(400)))), 400)

    def test_distribution(self):
        times = {0: 1, 9: 2, 10: 3, 12: 4, 99: 5, 100: 6, 990: 7, 12000: 8}
        bins = distribution(times)
        self.assertEqual(sum(count for _, _, count in bins), sum(times.values()))
        self.assertEqual(bins[0], [0, 1, 1])
        self.assertIn([10, 13, 7], bins)
        self.assertIn([80, 100, 5], bins)
        self.assertIn([100, 130, 6], bins)
        self.assertEqual(bins[-1], [10000, 13000, 8])
        self.assertTrue(all(a[1] == b[0] for a, b in zip(bins, bins[1:])))
        self.assertEqual(distribution({}), [])
        self.assertEqual(distribution({-3: 1}), [[0, 1, 1]])

    def test_file_names(self):
        cases = [
            ((5, 1.5, 60, "a{u}_{r}_{t}.html"), "a5_1.5_60.html"),
            ((5, 2.0, None, "{u}{r}{t}{x}"), "52{t}{x}"),
            ((1000000, 1.0, 86400, "{u}_{t}"), "1000000_86400"),
        ]
        for (users, rate, seconds, name), expected in cases:
            options = types.SimpleNamespace(
                num_users=users, spawn_rate=rate, run_time=seconds, html_file=name
            )
            report.process_html_filename(options)
            self.assertEqual(options.html_file, expected)


if __name__ == "__main__":
    unittest.main()
