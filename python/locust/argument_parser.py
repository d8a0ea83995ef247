# SPDX-License-Identifier: Apache-2.0
"""The command line. A minimal parser finds the locustfiles, which are imported; then the full
parser runs, to which a locustfile can add options (events.init_command_line_parser)."""
import argparse
import os
import sys
from typing import Any, NoReturn

import locust
from locust._cli.arguments import LocustArgumentParser
from locust._cli.option_types import (
    gt_zero as gt_zero,
    json_user_config as json_user_config,
    positive_integer as positive_integer,
    timespan as timespan,
)
from locust._cli.options import add_options, version_line

DEFAULT_CONFIG_FILES = ("~/.locust.conf", "locust.conf", "pyproject.toml")
_EPILOG = """
Examples:

    locust -f my_test.py -H https://www.example.com

    locust --headless -u 100 -r 10 -t 20m --html report_{u}_{r}_{t}.html MyUser AnotherUser

Options can also be given by the environment (LOCUST_USERS=100) and by files: locust.conf,
pyproject.toml and what --config names. docs/locust-compatibility.md tells what differs from Locust.
"""


def get_empty_argument_parser(
    add_help=True, default_config_files=DEFAULT_CONFIG_FILES
) -> LocustArgumentParser:
    """A parser that knows --locustfile and --config."""
    parser = LocustArgumentParser(
        default_config_files=default_config_files,
        add_help=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage=argparse.SUPPRESS,
        description="Usage: locust [options] [UserClass ...]",
        epilog=_EPILOG,
    )
    group = parser.add_argument_group("Common options")
    if add_help:
        group.add_argument("-h", "--help", action="help", help="Show this help and exit")
    group.add_argument(
        "-f",
        "--locustfile",
        default="locustfile.py",
        metavar="<filename>",
        env_var="LOCUST_LOCUSTFILE",
        help="The Python file with the test, several with commas between them, or a folder of them;"
        " locustfile.py by default",
    )
    group.add_argument(
        "--config",
        metavar="<filename>",
        is_config_file=True,
        help="A file with options, one a line: users = 100; or a .toml file with [tool.locust]",
    )
    return parser


def setup_parser_arguments(parser) -> None:
    """Adds all other options."""
    add_options(parser)


def get_parser(default_config_files=DEFAULT_CONFIG_FILES) -> LocustArgumentParser:
    """The full parser, with the locustfile's options."""
    parser = get_empty_argument_parser(default_config_files=default_config_files)
    setup_parser_arguments(parser)
    locust.events.init_command_line_parser.fire(parser=parser)
    return parser


def parse_locustfile_option(args=None) -> tuple[argparse.Namespace, list[str]]:
    """(what the minimal parser found, paths of the locustfiles). Exits for --help, --version and
    when a file does not exist."""
    parser = get_empty_argument_parser(add_help=False)
    parser.add_argument("-h", "--help", action="store_true", default=False)
    parser.add_argument("--version", "-V", action="store_true", default=False)
    parser.add_argument("--worker", action="store_true", env_var="LOCUST_MODE_WORKER")
    options, _ = parser.parse_known_args(args)
    if options.help:
        full = get_empty_argument_parser()
        setup_parser_arguments(full)
        full.print_help()
        sys.exit(0)
    if options.version:
        print(version_line())
        sys.exit(0)
    if options.locustfile == "-":
        _refuse_download(parser, options.worker)
    return options, parse_locustfile_paths(options.locustfile.split(","))


def _refuse_download(parser, worker: bool) -> NoReturn:
    if worker:
        parser.error(
            "argument -f/--locustfile: '-' (fetched from the master) is not supported, workers are"
            " on the master's machine: give the path of the file"
        )
    sys.stderr.write(
        "locustfile was set to '-' (meaning to download from master) but --worker was not"
        " specified.\n"
    )
    sys.exit(1)


def parse_locustfile_paths(paths: list[str]) -> list[str]:
    """Files, folders replaced by the Python files in and below them that do not begin with "_".
    Exits when one does not exist or is a URL."""
    files: list[str] = []
    for path in paths:
        for file in _locustfile_path(path.strip()):
            if file not in files:
                files.append(file)
    return files


def _locustfile_path(path: str) -> list[str]:
    if path.startswith(("http://", "https://")):
        sys.stderr.write(
            f"locust: error: argument -f/--locustfile: {path} is a URL, which is not supported:"
            f" download it first (curl -O {path})\n"
        )
        sys.exit(2)
    if os.path.isdir(path):
        found = _files_below(os.path.abspath(path))
        if not found:
            sys.stderr.write(f"Could not find any locustfiles in directory '{path}'\n")
            sys.exit(1)
        return found
    if not (path.endswith(".py") and os.path.isfile(path)):
        sys.stderr.write(
            f"Could not find '{path}'. Ensure your locustfile ends with '.py' or is a directory"
            " with locustfiles. See --help for available options.\n"
        )
        sys.exit(1)
    return [os.path.abspath(path)]


def _files_below(folder: str) -> list[str]:
    found = []
    for parent, _, names in os.walk(folder):
        found += [os.path.join(parent, n) for n in names if n.endswith(".py") and n[0] != "_"]
    return sorted(found)


def parse_options(args=None) -> argparse.Namespace:
    """All options. Exits 2 for what cannot be used."""
    parser = get_parser()
    options = parser.parse_args(args)
    if options.stats_history_enabled and options.csv_prefix is None:
        parser.error("'--csv-full-history' requires '--csv'.")
    if not options.user_classes and os.environ.get("LOCUST_USER_CLASSES"):
        options.user_classes = os.environ["LOCUST_USER_CLASSES"].split()
    if options.headful:
        options.headless = False
    _refuse_unavailable(parser, options)
    return options


_WEB_ONLY = {
    "web_host": "--web-host",
    "web_host_display_name": "--web-host-display-name",
    "web_port": "--web-port",
    "web_login": "--web-login",
    "tls_cert": "--tls-cert",
    "tls_key": "--tls-key",
    "class_picker": "--class-picker",
    "web_base_path": "--web-base-path",
    "build_path": "--build-path",
}


def _refuse_unavailable(parser, options: argparse.Namespace) -> None:
    if options.otel:
        parser.error(
            "argument --otel: OpenTelemetry is not supported; remove it, and export what the run"
            " writes with --csv or --json"
        )
    if options.headless or options.worker:
        return
    for dest, name in _WEB_ONLY.items():
        if getattr(options, dest) != parser.get_default(dest):
            parser.error(
                f"argument {name}: there is no live web interface yet; remove it, or add --headless"
            )


def default_args_dict() -> dict[str, Any]:
    """Every option with its default, without files and environment."""
    parser = get_parser(default_config_files=())
    return {a.dest: a.default for a in parser._actions if a.default is not argparse.SUPPRESS}


def ui_extra_args_dict(args=None) -> dict[str, dict[str, Any]]:
    """The options that locustfiles added and a web interface would show."""
    known = get_empty_argument_parser(default_config_files=())
    setup_parser_arguments(known)
    known_dests = {action.dest for action in known._actions}
    parser = get_parser()
    values = vars(parser.parse_args(args))
    return {
        action.dest: {
            "default_value": values[action.dest],
            "is_secret": action.is_secret,
            "is_required": action.is_required,
            "help_text": action.help,
            "choices": action.choices,
            "is_multiple": action.is_multiple,
        }
        for action in parser._actions
        if action.dest in values and action.dest not in known_dests and action.include_in_web_ui
    }
