# SPDX-License-Identifier: Apache-2.0
"""From the settings of `keneyperf run` to an environment: options, locustfile, what to refuse."""
import logging
import os
import traceback
from typing import Any

import locust
from locust import _hub, argument_parser, main
from locust._keneyperf.stages import Stages
from locust.env import Environment
from locust.util.load_locustfile import load_locustfile
from locust.util.timespan import TIME_SCALE_VARIABLE

# Options of Locust that say where results go or who runs; here the run's own options say that.
UNUSED_OPTIONS = {
    "csv_prefix": "--csv",
    "html_file": "--html",
    "json": "--json",
    "json_file": "--json-file",
    "logfile": "--logfile",
    "master": "--master",
    "worker": "--worker",
    "processes": "--processes",
    "list_commands": "--list",
    "show_task_ratio": "--show-task-ratio",
    "show_task_ratio_json": "--show-task-ratio-json",
}

logger = logging.getLogger(__name__)


class Refused(Exception):
    """There will be no test. `reason` is "script" or "options"."""

    def __init__(self, reason: str, message: str, file: str | None = None, line: int = 0) -> None:
        super().__init__(message)
        self.reason = reason
        self.file = file
        self.line = line


def use_settings(settings: dict[str, Any], snapshot_fd: int) -> None:
    """Before the locustfile is imported, since it may open the engine."""
    os.environ[TIME_SCALE_VARIABLE] = str(settings["time_scale"])
    _hub.settings.update(snapshot_fd=snapshot_fd, selectors=settings["selectors"])
    for name in ("hosts", "ca_file", "insecure"):
        if settings[name]:
            _hub.settings[name] = settings[name]


def make_environment(settings: dict[str, Any]) -> Environment:
    user_classes, shape = _load(settings["file"])
    options = _parse_options(settings)
    _check_lengths(settings, shape)
    if settings["stages"]:
        shape = Stages(settings["stages"])
    try:
        environment = main.create_environment(
            _chosen(settings["file"], user_classes, options.user_classes),
            options,
            events=locust.events,
            shape_class=shape,
            locustfile=os.path.basename(settings["file"]),
            parsed_locustfiles=[settings["file"]],
            available_user_classes=user_classes,
        )
    except ValueError as error:
        raise Refused("options", str(error)) from None
    main.apply_user_configs(environment, options)
    return environment


def _load(path: str) -> tuple[dict[str, type], Any]:
    """(user classes by name, shape or None)."""
    try:
        user_classes, shapes = load_locustfile(path)
    except SyntaxError as error:
        text = f"SyntaxError: {error.msg}"
        raise Refused("script", text, error.filename, error.lineno or 0) from None
    except FileNotFoundError as error:
        if error.filename != path:
            raise _wrong(error, path) from None
        raise Refused("options", f"there is no file {path}; check its path") from None
    except Exception as error:
        raise _wrong(error, path) from None
    return user_classes, shapes[0] if shapes else None


def _wrong(error: Exception, path: str) -> Refused:
    """At the line of the locustfile that it came from; the whole traceback is printed."""
    main.explain(error)
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if os.path.abspath(frame.filename) == os.path.abspath(path)]
    line = own[-1].lineno if own else 0
    return Refused("script", f"{type(error).__name__}: {error}", path, line or 0)


def _chosen(path: str, user_classes: dict[str, type], names: list[str]) -> list[type]:
    if not user_classes:
        text = "there is no User class in it; write one, like class Visitor(HttpUser)"
        raise Refused("script", text, path)
    for name in names:
        if name not in user_classes:
            known = ", ".join(sorted(user_classes))
            raise Refused("options", f"there is no user class {name} in {path}, but {known}")
    return [user_classes[name] for name in names or user_classes]


def _parse_options(settings: dict[str, Any]):
    try:
        options = argument_parser.parse_options(_arguments(settings))
    except SystemExit as end:
        if not end.code:
            raise
        text = "the options are refused, for the reason that stands above"
        raise Refused("options", text) from None
    if settings["run_time"] is not None:
        options.run_time = settings["run_time"]
    for name, option in UNUSED_OPTIONS.items():
        if getattr(options, name):
            logger.warning(
                "%s has no effect: `keneyperf run` has its own options for results and processes; "
                "Locust's are those of `keneyperf as locust`",
                option,
            )
    return options


def _arguments(settings: dict[str, Any]) -> list[str]:
    """The settings as Locust's command line; what is for the file's own parser comes last."""
    arguments = ["-f", settings["file"], "--headless", "--loglevel", settings["log_level"]]
    for option, name in (("-u", "users"), ("-r", "spawn_rate"), ("-H", "host")):
        if settings[name] is not None:
            arguments += [option, str(settings[name])]
    for option, name in (("--tags", "tags"), ("--exclude-tags", "exclude_tags")):
        if settings[name]:
            arguments += [option, *settings[name], "--headless"]
    return arguments + settings["arguments"]


def _check_lengths(settings: dict[str, Any], shape: Any) -> None:
    """Who decides how many users there are, decides alone."""
    if settings["stages"]:
        decider = "--stage"
    elif shape and not getattr(shape, "use_common_options", False):
        decider = f"the load shape {type(shape).__name__}"
    else:
        return
    for name, flag in (("users", "--vus"), ("spawn_rate", "--spawn-rate")):
        if settings[name] is not None:
            text = f"{flag} has no effect, because {decider} decides; leave it out"
            raise Refused("options", text)
