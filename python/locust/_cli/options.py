# SPDX-License-Identifier: Apache-2.0
"""Every option of Locust's command line, by the groups of its help. What cannot be used here is
listed too, so that it is refused by name."""
import argparse
import os
import platform

import locust
from locust._cli.option_types import (
    gt_zero,
    json_user_config,
    positive_integer,
    timespan,
    user_number,
)


class _Refused(argparse.Action):
    """An option that this tool or Locust itself no longer has. `const` is the sentence."""

    def __call__(self, parser, namespace, values, option_string=None):
        raise argparse.ArgumentError(self, self.const)


class _JoinLists(argparse.Action):
    """nargs="*" of values that are lists."""

    def __call__(self, parser, namespace, values, option_string=None):
        setattr(namespace, self.dest, [item for value in values for item in value])


def add_options(parser) -> None:
    """Everything but -f and --config, which the minimal parser has."""
    _add_common(parser._action_groups[-1])
    _add_web(parser.add_argument_group("Web UI options"))
    _add_master(
        parser.add_argument_group(
            "Master options",
            "For the process that workers on this machine connect to. It runs no users itself.",
        )
    )
    _add_worker(
        parser.add_argument_group(
            "Worker options",
            "For a process that runs users for a master. It needs only these and --locustfile;"
            "\nusers, rate and run time are the master's.",
        )
    )
    _add_tags(
        parser.add_argument_group("Tag options", "Tasks are tagged with the decorator @tag.")
    )
    _add_statistics(parser.add_argument_group("Request statistics options"))
    _add_log(parser.add_argument_group("Logging options"))
    _add_other(parser.add_argument_group("Other options"))
    _add_user_classes(parser.add_argument_group("User classes"))


def _add_common(group) -> None:
    group.add_argument(
        "-H",
        "--host",
        metavar="<base url>",
        env_var="LOCUST_HOST",
        help="Base URL of the system under test, e.g. https://www.example.com",
    )
    group.add_argument(
        "-u",
        "--users",
        type=user_number,
        metavar="<int>",
        dest="num_users",
        env_var="LOCUST_USERS",
        help="Peak number of users, 1 by default. On a terminal the keys w and W start 1 and 10 more"
        " during a run, s and S stop 1 and 10",
    )
    group.add_argument(
        "-r",
        "--spawn-rate",
        type=gt_zero(float),
        metavar="<float>",
        env_var="LOCUST_SPAWN_RATE",
        help="Users to start per second, 1 by default",
    )
    group.add_argument(
        "-t",
        "--run-time",
        type=timespan,
        metavar="<time string>",
        env_var="LOCUST_RUN_TIME",
        help="Stop after this time, e.g. 300s, 20m, 3h, 1h30m; counted from the first user's start."
        " Without it the run lasts until it is interrupted",
    )
    group.add_argument(
        "-l",
        "--list",
        action="store_true",
        dest="list_commands",
        help="Print the names of the User classes and exit",
    )
    group.add_argument(
        "--config-users",
        type=json_user_config,
        nargs="*",
        action=_JoinLists,
        env_var="LOCUST_CONFIG_USERS",
        help="Attributes of User classes, as JSON or the name of a .json file: an object with"
        " user_class_name, or an array of them",
    )


def _add_web(group) -> None:
    group.add_argument(
        "--web-host",
        default="",
        metavar="<ip>",
        env_var="LOCUST_WEB_HOST",
        help="Not available: there is no live web interface yet",
    )
    group.add_argument(
        "--web-host-display-name",
        env_var="LOCUST_WEB_HOST_DISPLAY_NAME",
        help=argparse.SUPPRESS,
    )
    group.add_argument(
        "--web-port",
        "-P",
        type=int,
        default=8089,
        metavar="<port number>",
        env_var="LOCUST_WEB_PORT",
        help="Not available",
    )
    group.add_argument(
        "--headless",
        action="store_true",
        env_var="LOCUST_HEADLESS",
        help="Start the test at once. As long as there is no web interface, every run does",
    )
    group.add_argument(
        "--autostart",
        action="store_true",
        env_var="LOCUST_AUTOSTART",
        help="Start the test at once",
    )
    group.add_argument(
        "--autoquit",
        type=int,
        default=-1,
        metavar="<seconds>",
        env_var="LOCUST_AUTOQUIT",
        help="Exit this long after the run has ended. Only together with --autostart",
    )
    group.add_argument(
        "--headful", action="store_true", env_var="LOCUST_HEADFUL", help=argparse.SUPPRESS
    )
    group.add_argument(
        "--web-auth",
        action=_Refused,
        const="--web-auth was replaced by --web-login; there is no live web interface here yet,"
        " use --headless",
        env_var="LOCUST_WEB_AUTH",
        help=argparse.SUPPRESS,
    )
    _add_web_only(group)


def _add_web_only(group) -> None:
    """What only a web interface could use."""
    group.add_argument(
        "--web-login",
        action="store_true",
        env_var="LOCUST_WEB_LOGIN",
        help="Not available",
    )
    group.add_argument(
        "--tls-cert",
        default="",
        metavar="<filename>",
        env_var="LOCUST_TLS_CERT",
        help="Not available",
    )
    group.add_argument(
        "--tls-key",
        default="",
        metavar="<filename>",
        env_var="LOCUST_TLS_KEY",
        help="Not available",
    )
    group.add_argument(
        "--class-picker",
        action="store_true",
        env_var="LOCUST_USERCLASS_PICKER",
        help="Not available: name the User classes at the end of the command line",
    )
    group.add_argument(
        "--web-base-path", default="", env_var="LOCUST_WEB_BASE_PATH", help="Not available"
    )
    group.add_argument(
        "--build-path", default="", env_var="LOCUST_BUILD_PATH", help=argparse.SUPPRESS
    )
    group.add_argument(
        "--legacy-ui",
        nargs=0,
        action=_Refused,
        const="--legacy-ui is no longer supported, remove the parameter to continue",
        env_var="LOCUST_LEGACY_UI",
        help=argparse.SUPPRESS,
    )


def _add_master(group) -> None:
    group.add_argument(
        "--master",
        action="store_true",
        env_var="LOCUST_MODE_MASTER",
        help="Be the process that workers connect to",
    )
    group.add_argument(
        "--master-bind-host",
        default="*",
        metavar="<ip>",
        env_var="LOCUST_MASTER_BIND_HOST",
        help="Address to listen on. Workers have to be on this machine",
    )
    group.add_argument(
        "--master-bind-port",
        type=int,
        default=5557,
        metavar="<port number>",
        env_var="LOCUST_MASTER_BIND_PORT",
        help="Port to listen on, 5557 by default",
    )
    group.add_argument(
        "--expect-workers",
        type=positive_integer,
        default=1,
        metavar="<int>",
        env_var="LOCUST_EXPECT_WORKERS",
        help="Start when this many workers have connected",
    )
    group.add_argument(
        "--expect-workers-max-wait",
        type=int,
        default=0,
        metavar="<int>",
        env_var="LOCUST_EXPECT_WORKERS_MAX_WAIT",
        help="Give up when they have not connected after so many seconds; 0 waits for ever",
    )
    group.add_argument(
        "--enable-rebalancing",
        action="store_true",
        help="Distribute the users anew when a worker comes or goes during the run",
    )
    group.add_argument(
        "--expect-slaves",
        nargs=0,
        action=_Refused,
        const="The --expect-slaves parameter has been renamed --expect-workers",
        help=argparse.SUPPRESS,
    )


def _add_worker(group) -> None:
    group.add_argument(
        "--worker",
        action="store_true",
        env_var="LOCUST_MODE_WORKER",
        help="Run users for a master on this machine",
    )
    group.add_argument(
        "--processes",
        type=int,
        metavar="<int>",
        env_var="LOCUST_PROCESSES",
        help="Start this many workers and be their master; with --worker, be as many workers."
        " -1: one for each processor. The engine needs more than one only when a locustfile itself"
        " computes a lot",
    )
    group.add_argument(
        "--slave",
        nargs=0,
        action=_Refused,
        const="The --slave parameter has been renamed --worker",
        help=argparse.SUPPRESS,
    )
    group.add_argument(
        "--master-host",
        default="127.0.0.1",
        metavar="<hostname>",
        env_var="LOCUST_MASTER_NODE_HOST",
        help="Where the master is, 127.0.0.1 by default",
    )
    group.add_argument(
        "--master-port",
        type=int,
        default=5557,
        metavar="<port number>",
        env_var="LOCUST_MASTER_NODE_PORT",
        help="The master's port, 5557 by default",
    )


def _add_tags(group) -> None:
    group.add_argument(
        "-T",
        "--tags",
        nargs="*",
        metavar="<tag>",
        env_var="LOCUST_TAGS",
        help="Run only tasks that have one of these tags",
    )
    group.add_argument(
        "-E",
        "--exclude-tags",
        nargs="*",
        metavar="<tag>",
        env_var="LOCUST_EXCLUDE_TAGS",
        help="Run only tasks that have none of these tags",
    )


def _add_statistics(group) -> None:
    group.add_argument(
        "--csv",
        dest="csv_prefix",
        metavar="<filename>",
        env_var="LOCUST_CSV",
        help="Write <filename>_stats.csv, <filename>_stats_history.csv, <filename>_failures.csv and"
        " <filename>_exceptions.csv during the run. Missing folders are made",
    )
    group.add_argument(
        "--csv-full-history",
        action="store_true",
        dest="stats_history_enabled",
        env_var="LOCUST_CSV_FULL_HISTORY",
        help="Write every entry to <filename>_stats_history.csv, not only the aggregate. Needs --csv",
    )
    group.add_argument(
        "--print-stats",
        action="store_true",
        env_var="LOCUST_PRINT_STATS",
        help="Print the table every two seconds, which is the default here",
    )
    group.add_argument(
        "--only-summary",
        action="store_true",
        env_var="LOCUST_ONLY_SUMMARY",
        help="Print the table only at the end",
    )
    group.add_argument(
        "--reset-stats",
        action="store_true",
        env_var="LOCUST_RESET_STATS",
        help="Forget what was counted before all users had started. Give it to master and workers",
    )
    group.add_argument(
        "--html",
        dest="html_file",
        metavar="<filename>",
        env_var="LOCUST_HTML",
        help="Write a report at the end. {u}, {r} and {t} in the name become users, rate, run time",
    )
    group.add_argument(
        "--json",
        action="store_true",
        help="Print the final statistics on stdout, as JSON",
    )
    group.add_argument(
        "--json-file",
        metavar="<filename>",
        help="Write the final statistics to <filename>.json",
    )


def _add_log(group) -> None:
    group.add_argument(
        "--skip-log-setup",
        action="store_true",
        env_var="LOCUST_SKIP_LOG_SETUP",
        help="Leave logging as the locustfile or Python has it",
    )
    group.add_argument(
        "--loglevel",
        "-L",
        type=str.upper,
        choices=["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"],
        default="INFO",
        metavar="<level>",
        env_var="LOCUST_LOGLEVEL",
        help="DEBUG, INFO (the default), WARNING, ERROR or CRITICAL",
    )
    group.add_argument(
        "--logfile",
        metavar="<filename>",
        env_var="LOCUST_LOGFILE",
        help="Write log lines there and not to stderr; tables stay on stderr",
    )


def _add_other(group) -> None:
    group.add_argument(
        "--show-task-ratio",
        action="store_true",
        help="Print how the tasks of the User classes share the load, and exit. With -u the classes'"
        " fixed_count is respected",
    )
    group.add_argument(
        "--show-task-ratio-json",
        action="store_true",
        help="The same as JSON",
    )
    group.add_argument(
        "--version",
        "-V",
        action="version",
        version=version_line(),
        help="Print the version and exit",
    )
    group.add_argument(
        "--exit-code-on-error",
        type=int,
        default=1,
        metavar="<int>",
        env_var="LOCUST_EXIT_CODE_ON_ERROR",
        help="Exit code when a request or a task failed, 1 by default",
    )
    group.add_argument(
        "-s",
        "--stop-timeout",
        type=timespan,
        default="0",
        metavar="<number>",
        env_var="LOCUST_STOP_TIMEOUT",
        help="How long users may go on with their task at the end, in seconds or as for --run-time."
        " 0, the default: not at all",
    )
    group.add_argument(
        "--equal-weights",
        action="store_true",
        help="Every task counts the same, whatever the locustfile says",
    )
    group.add_argument("--profile", help="A name for the run; the report shows it")
    group.add_argument(
        "--otel",
        action="store_true",
        env_var="LOCUST_ENABLE_OPENTELEMETRY",
        help="Not available",
    )


def _add_user_classes(group) -> None:
    group.add_argument(
        "user_classes",
        nargs="*",
        metavar="<UserClass1 UserClass2>",
        help="Names of the User classes to run (see --list), all by default. LOCUST_USER_CLASSES"
        " names them too",
    )


def version_line() -> str:
    """What -V prints."""
    folder = os.path.dirname(os.path.abspath(locust.__file__))
    version, python = locust.__version__, platform.python_version()
    return f"locust {version} from {folder} (Python {python}): KeneyPerf's own, on its C engine"
